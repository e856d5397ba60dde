// A stranger's check: the published example made again by a second program that shares nothing with kend but the rules as they stand in the
// commitment (node's own SHA-256 and HMAC). Then the commands from typed list to checked result, and wrong moves by them.
import {createHash, createHmac} from 'node:crypto';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {equal, ok, run, test} from './tap.mjs';

process.chdir(process.env.KEND_SOURCE);
const work = mkdtempSync(join(tmpdir(), 'kend-draw-')), kend = process.env.KEND;
const at = name => join(work, name), read = path => JSON.parse(readFileSync(path, 'utf8'));
const sha = data => createHash('sha256').update(data).digest();
const sorted = x => Array.isArray(x) ? x.map(sorted) : x && typeof x === 'object' ? Object.fromEntries(Object.keys(x).sort().map(k => [k, sorted(x[k])])) : x;

class Bits { // SP 800-90A, 10.1.2
  constructor(seed) { this.k = Buffer.alloc(32, 0); this.v = Buffer.alloc(32, 1); this.update(seed); }
  mac(...parts) { return createHmac('sha256', this.k).update(Buffer.concat(parts)).digest(); }
  update(data) {
    for (const mark of data.length ? [0, 1] : [0]) {
      this.k = this.mac(this.v, Buffer.from([mark]), data);
      this.v = this.mac(this.v);
    }
  }
  below(n) {
    const whole = (1n << 64n) / BigInt(n) * BigInt(n);
    for (;;) {
      this.v = this.mac(this.v);
      const x = this.v.readBigUInt64BE();
      this.update(Buffer.alloc(0));
      if (x < whole) return Number(x % BigInt(n));
    }
  }
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const k = this.below(i + 1);
      [list[i], list[k]] = [list[k], list[i]];
    }
    return list;
  }
}

function again({commitment, secret, seed}) {
  const {commitment: hash, ...bound} = commitment;
  equal(sha(JSON.stringify(sorted(bound))).toString('hex'), hash, 'hash of the commitment');
  equal(sha(Buffer.from(secret, 'hex')).toString('hex'), commitment.secret_sha256, 'sealed secret');
  const bits = new Bits(Buffer.concat([sha(`kend draw seed 1\n${hash}\n${secret}\n${seed}\n`), Buffer.from(hash, 'hex').subarray(0, 16), Buffer.from('kend draw 1')]));
  const least = (a, b) => a.id < b.id ? -1 : 1, tickets = new Map();
  for (const e of [...commitment.entries].sort(least)) tickets.set(e.with ?? `alone ${e.id}`, [...(tickets.get(e.with ?? `alone ${e.id}`) ?? []), e]);
  const order = bits.shuffle([...tickets.values()]), homes = bits.shuffle([...commitment.homes].sort(least)), taken = new Set(), got = {};
  const near = [...new Set(homes.map(h => h.near).filter(Boolean))];
  const settle = (ticket, list, pass) => {
    const mine = new Map();
    for (const e of [...ticket].sort((a, b) => b.accessible - a.accessible || least(a, b))) {
      const first = accessible => list.find(h => !taken.has(h) && ![...mine.values()].includes(h) && h.rooms === e.rooms && h.accessible === accessible);
      const home = first(e.accessible) ?? (pass === 2 && !e.accessible ? first(true) : undefined);
      if (!home) return false;
      mine.set(e, home);
    }
    for (const [e, h] of mine) { taken.add(h); got[e.id] = h.id; }
    return true;
  };
  for (const pass of [1, 2])
    for (const ticket of order) {
      if (got[ticket[0].id] || (pass === 1 && !ticket.some(e => e.accessible))) continue;
      if (ticket.length === 1) settle(ticket, homes, pass);
      else near.some(n => settle(ticket, homes.filter(h => h.near === n), pass));
    }
  return {order: order.map(t => t[0].id), got, reserve: order.filter(t => !got[t[0].id]).map(t => t[0].id)};
}

function same(result) {
  const mine = again(result), places = [...new Map(result.reserve.map(r => [r.place, r.entry]).reverse())].reverse().map(r => r[1]);
  equal(JSON.stringify(mine.order), JSON.stringify(result.drawn_tickets), 'drawn order');
  equal(JSON.stringify(sorted(mine.got)), JSON.stringify(sorted(Object.fromEntries(result.placed.map(p => [p.entry, p.home])))), 'homes');
  equal(mine.reserve.length, places.length, 'reserve');
}

const terms = (secret, out) => ['--name', 'test', '--seed-source', 'the lottery of 1 February', '--seed-after', '2026-02-01T16:00Z', '--at', '2026-01-20T08:00Z', '--secret', at(secret), '--out', at(out)];
const seed = ['--seed', '04-11-19-23-38-42', '--seed-at', '2026-02-01T17:00Z'];
const refuses = (words, ...args) => {
  const r = spawnSync(kend, ['draw', ...args], {encoding: 'utf8'});
  equal(r.status, 1, `status of kend draw ${args[0]}`);
  ok(r.stderr.trim().split('\n').length === 1 && words.test(r.stderr), `"${r.stderr}" does not say ${words} in one line`);
};
const kept = (name, text) => { writeFileSync(at(name), text); return at(name); };

test('a second program comes to the published example', () => same(read('docs/draw/result.json')));
test('the example is the draw of its list', () => {
  const list = readFileSync('docs/draw/pool.csv', 'utf8').trim().split('\n').slice(1).map(l => l.split(',')[1]).sort();
  const {commitment} = read('docs/draw/result.json');
  equal(JSON.stringify([...commitment.entries, ...commitment.homes].map(x => x.id).sort()), JSON.stringify(list), 'ids');
  equal(JSON.stringify(read('docs/draw/commitment.json')), JSON.stringify(commitment), 'commitment');
});
test('from a typed list to a result that both programs make again', () => {
  execFileSync(kend, ['draw', 'commit', 'docs/draw/pool.csv', ...terms('secret', 'c.json')], {stdio: 'pipe'});
  equal(statSync(at('secret')).mode & 0o777, 0o600, 'the secret is its owner\'s');
  execFileSync(kend, ['draw', at('c.json'), '--secret', at('secret'), ...seed, '--out', at('r.json')]);
  execFileSync(kend, ['draw', 'verify', at('r.json'), '--commitment', read(at('c.json')).commitment]);
  same(read(at('r.json')));
});
test('a list that is drawn again names the commitment given up, and both programs make it', () => {
  execFileSync(kend, ['draw', 'commit', at('c.json'), ...terms('secret2', 'again-c.json'), '--instead-of', read(at('c.json')).commitment], {stdio: 'pipe'});
  execFileSync(kend, ['draw', at('again-c.json'), '--secret', at('secret2'), ...seed, '--out', at('again.json')]);
  const said = execFileSync(kend, ['draw', 'verify', at('again.json')], {encoding: 'utf8'});
  ok(said.includes(`DRAWN AGAIN: commitment ${read(at('c.json')).commitment}`), said.slice(0, 400));
  same(read(at('again.json')));
});
test('twenty more draws of random lists', () => {
  for (let i = 0; i < 20; i++) {
    const entries = [], homes = [], any = n => sha(`${i} ${entries.length} ${homes.length} ${n}`).readUInt32BE() % n;
    for (let k = 0; k < 20 + i; k++) entries.push({id: `${k % 3 ? 'H' : 'h'}-${k}`, rooms: 1 + any(3), accessible: any(5) === 0, ...(k % 4 < 2 && (k | 1) < 20 + i ? {with: `G-${k >> 2}`} : {})});
    for (let k = 0; k < 20 + i; k++) homes.push({id: `A-${k}`, rooms: 1 + any(3), accessible: any(4) === 0, near: `lane-${k / 7 | 0}`});
    execFileSync(kend, ['draw', 'commit', kept(`p${i}.json`, JSON.stringify({entries, homes})), ...terms(`s${i}`, `c${i}.json`)], {stdio: 'pipe'});
    execFileSync(kend, ['draw', at(`c${i}.json`), '--secret', at(`s${i}`), ...seed, '--out', at(`r${i}.json`)]);
    same(read(at(`r${i}.json`)));
  }
});
test('wrong moves by the commands', () => {
  const other = kept('other', '00'.repeat(32) + '\n'), c = at('c.json'), secret = at('secret');
  refuses(/kend draw commit/, at('p0.json'), '--secret', secret, ...seed);
  refuses(/could have been known/, c, '--secret', secret, '--seed', '04-11-19-23-38-42', '--seed-at', '2026-02-01T15:00Z');
  refuses(/yet to come/, c, '--secret', secret, '--seed', '04-11-19-23-38-42', '--seed-at', '2999-01-01');
  refuses(/not the one sealed/, c, '--secret', other, ...seed);
  refuses(/never overwritten/, c, '--secret', secret, ...seed, '--out', at('r.json'));
  refuses(/new file/, 'commit', 'docs/draw/pool.csv', ...terms('secret', 'c3.json'));
  refuses(/give --seed/, c, '--secret', secret);
  refuses(/one spelling/, c, '--secret', secret, '--seed', '4-11-19-23-38-42', '--seed-at', '2026-02-01T17:00Z');
  refuses(/64 hex digits/, 'commit', 'docs/draw/pool.csv', ...terms('none', 'none.json'), '--instead-of', 'abc');
  refuses(/not the one published/, 'verify', at('r.json'), '--commitment', '00'.repeat(32));
  refuses(/64 hex/, 'verify', at('r.json'), '--commitment', 'abc');
  refuses(/no result of a draw/, 'verify', c);
  refuses(/broken.json:1:/, 'verify', kept('broken.json', '{"a'));
  refuses(/yet to come/, 'verify', kept('future.json', JSON.stringify({...read(at('r.json')), seed_at: '2999-01-01T00:00:00Z'})));
  const r = read(at('r.json'));
  [r.placed[0].home, r.placed[1].home] = [r.placed[1].home, r.placed[0].home];
  refuses(/r2.json: first difference at placed\[1\].home/, 'verify', kept('r2.json', JSON.stringify(r)));
});
test('wrong lists by file and line', () => {
  const head = 'kind,id,rooms,accessible,group\nhome,A-1,3,no,\n', commit = (name, text) => ['commit', kept(name, head + text), ...terms('none', 'none.json')];
  refuses(/twice.csv:4:1: entry `H-1` stands twice/, ...commit('twice.csv', 'entry,H-1,3,no,\nentry,H-1,3,no,\n'));
  refuses(/named.csv:3:1: .*never a name/, ...commit('named.csv', 'entry,Anna,3,no,\n'));
  refuses(/short.csv:3:1: 2 columns/, ...commit('short.csv', 'entry,H-1\n'));
  refuses(/faith.json: entry 1: `faith` does not belong/, 'commit', kept('faith.json', '{"entries":[{"id":"H-1","rooms":3,"faith":1}],"homes":[]}'), ...terms('none', 'none.json'));
  refuses(/public after/, 'commit', 'docs/draw/pool.csv', ...terms('none', 'none.json').map(x => x === '2026-02-01T16:00Z' ? '2026-01-20T08:00Z' : x));
  let made = true;
  try { statSync(at('none')); } catch { made = false; }
  ok(!made, 'a refused commitment leaves a secret behind');
});

const failed = await run();
rmSync(work, {recursive: true});
process.exit(failed ? 1 : 0);
