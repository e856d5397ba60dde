// The return of households on the land page: people go into the vault, their pseudonyms through the commands from registration to keys, and
// the page shows the queue without saying who. Then every answer of the server, the chain, the data base and the vault's own file are searched
// for what only the vault may know. Prints TAP. $KEND, $KEND_SOURCE from Meson.
import {spawn, execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, run, ok, equal} from './tap.mjs';

const source = process.env.KEND_SOURCE, program = process.env.KEND;
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(p => p && existsSync(p));
const scratch = mkdtempSync(join(tmpdir(), 'kend-return-')), db = join(scratch, 'k.db'), file = join(source, 'villages/agali.yaml');
const at = name => join(scratch, name);
for (const dir of ['data', 'keys']) mkdirSync(at(dir));
const env = {...process.env, KEND_UI: join(source, 'ui'), KEND_LIB: join(source, 'node_modules'), KEND_VAULT: at('data/people.db'), KEND_VAULT_KEY: at('keys/master')};
let kend, base, browser;

function startKend() {
  return new Promise((resolve, reject) => {
    kend = spawn(program, ['run', file, '--listen', '127.0.0.1:0', '--db', db, '--history', '0', '--control', 'rules'], {env});
    let said = '';
    const hear = d => {
      said += d;
      const hit = /(http:\/\/[^/]+\/)#token=(\S+)/.exec(said);
      if (hit) resolve(base = hit[1].slice(0, -1));
    };
    kend.stdout.on('data', hear);
    kend.stderr.on('data', hear);
    kend.on('exit', code => reject(new Error(`kend ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error('kend did not start: ' + said)), 60000).unref();
  });
}
const stopKend = () => new Promise(r => { kend.removeAllListeners('exit'); kend.on('exit', r); kend.kill('SIGTERM'); });
const call = (...args) => execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env});

// --- the story, told in days before today
const day = ago => new Date(Date.now() - ago * 86400e3).toISOString().slice(0, 19) + 'Z';
let ago = 70;
const as = (who, group, name, ...args) => call(group, name, ...args, '--db', db, '--key', at(`keys/${who}.key`), '--at', day(ago));
const r = (who, name, ...args) => as(who, 'household', name, ...args);
const asks = (name, ...args) => call('household', name, ...args, '--db', db, '--key', at('keys/registrar.key')); // the vault: now
const list = (...args) => JSON.parse(call('household', 'list', '--db', db, '--json', ...args));
const first = ['Aysel', 'Tural', 'Gulnara', 'Elchin', 'Sevda', 'Rashad', 'Nigar', 'Vugar', 'Leyla', 'Kamran', 'Zahra', 'Orkhan', 'Fidan', 'Samir', 'Turan', 'Nermin', 'Eldar', 'Aytan'];
const last = ['Huseynova', 'Mammadzade', 'Aliyeva', 'Guliyev', 'Ismayilova', 'Hajiyev'];
const families = first.map((name, i) => ({name: `${name} ${last[i % 6]}`, language: ['az', 'ru', 'en'][i % 3 === 2 && i % 2 ? 2 : i % 5 === 4 ? 1 : 0], phone: `+994 50 7${100 + i} 22`,
  members: Array.from({length: 1 + i % 6}, (_, k) => ({name: `${first[(i + k * 5) % 18]} Personov`, birth_year: 1950 + 3 * k + i})), address_now: `Sumgait, Bulaqli block ${i + 1}`,
  consent: ['return', 'survey'], home_needs: i === 3 ? ['step_free'] : [], work: 'bookbinder', former_home: `Old lane ${i}`}));
const words = [...first, ...last, 'Personov', 'Sumgait', 'Bulaqli', 'Old lane', 'bookbinder', '+994', 'step_free', 'birth_year'];
let ids;

test('a village with homes, people with roles, and a vault', async () => {
  const roles = {authority: '', deputy: 'authority', data: 'data', tester: 'tester', registrar: 'registrar', second: 'registrar', observer: 'observer', educator: 'educator'};
  for (const [who, role] of Object.entries(roles)) {
    const key = call('land', 'key', at(`keys/${who}.key`), '--name', who).trim();
    if (!role) as(who, 'land', 'open', '--call', '102', '--site', '46.7592,39.1803');
    else as('authority', 'land', 'accredit', who, '--public', key, '--id', who, '--org', who, '--roles', role, '--until', day(-300).slice(0, 10));
  }
  call('household', 'vault');
  r('deputy', 'rules', join(source, 'villages/agali.return.json'));
  const homes = [1, 2, 3, 4, 5, 6].map(i => `home-s-00${i},3,${i === 1 ? 'yes' : 'no'}`).concat([1, 2, 3].map(i => `home-m-00${i},4,no`));
  writeFileSync(at('homes.csv'), 'home,rooms,accessible\n' + homes.join('\n') + '\n');
  r('data', 'homes', at('homes.csv'), '--village', file);
  equal(list('--homes').length, 9, 'homes');
});

test('families go into the vault, their pseudonyms on the chain', async () => {
  writeFileSync(at('families.json'), JSON.stringify({households: families}));
  const said = r('registrar', 'person', '--in', at('families.json'), '--register');
  ids = [...said.matchAll(/^(h-\w+) {2}code/gm)].map(m => m[1]);
  equal(ids.length, 18, said.slice(0, 300));
  equal(list().length, 18, 'on the chain');
});

test('sixteen are surveyed, thirteen eligible, some refused; a draw', async () => {
  const met = 'displaced_from_here,no_other_home,lives_in_temporary_housing';
  const surveyed = id => {
    for (const purpose of ['return', 'survey', 'contact']) r('registrar', 'consent', id, '--purpose', purpose);
    r('registrar', 'survey', id, '--intention', 'return');
  };
  ago = 68; // the time to appeal ends before the list is fixed
  for (const id of ids.slice(13, 16)) {
    surveyed(id);
    r('deputy', 'decide', id, '--step', 'refuse', '--unmet', 'no_other_home');
  }
  ago = 38;
  ids.slice(0, 13).forEach(surveyed);
  ago = 36;
  for (const id of ids.slice(0, 13)) r('deputy', 'decide', id, '--step', 'eligible', '--met', met);
  call('household', 'pool', '--db', db, '--out', at('pool.json'));
  call('draw', 'commit', at('pool.json'), '--name', 'First', '--seed-source', 'lottery', '--seed-after', day(35), '--secret', at('keys/secret'), '--at', day(36), '--out', at('commitment.json'));
  call('draw', 'commit', at('pool.json'), '--name', 'Zeroth', '--seed-source', 'lottery', '--seed-after', day(35), '--secret', at('keys/secret0'), '--at', day(36), '--out', at('zeroth.json'));
  r('registrar', 'commit', at('zeroth.json'), '--draw', 'D-0');
  r('deputy', 'cancel', 'D-0', '--reason', 'list_wrong');
  r('registrar', 'commit', at('commitment.json'), '--draw', 'D-1');
  ago = 34;
  call('draw', at('commitment.json'), '--secret', at('keys/secret'), '--seed', '01-02-03-04-05-06', '--seed-at', day(35), '--out', at('result.json'));
  r('observer', 'draw', at('result.json'), '--draw', 'D-1');
  ok(list().filter(h => h.state === 'drawn').length >= 6, 'drawn');
});

test('supplies are tested until homes are ready; one street is not', async () => {
  ago = 32;
  for (let turn = 0; turn < 60; turn++) {
    const waits = list('--homes').filter(h => !h.ready && !h.id.endsWith('m-003')).map(h => /(power|water|heat|road) of `.*?` hangs on `(.*?)`/.exec(h.why_not)).filter(Boolean);
    if (!waits.length) break;
    for (const key of new Set(waits.map(w => w[1] + ' ' + w[2]))) r('tester', 'test', key.split(' ')[1], '--supply', key.split(' ')[0], '--result', 'pass');
  }
  ok(list('--homes').filter(h => h.ready).length >= 6, JSON.stringify(list('--homes').map(h => h.why_not)).slice(0, 300));
});

let keyed, scheduled;
async function refusedWithoutVillage() {
  const {id} = list().find(h => h.state === 'drawn' && list('--homes').some(x => x.ready && x.id === h.home));
  try { r('registrar', 'offer', id); } catch (e) { return ok(e.stderr.includes('no village runs on this data base'), e.stderr); }
  throw new Error('offered while no village runs');
}
test('offers, answers, a move, a briefing over the map, keys; and some things late', async () => {
  ago = 30;
  await refusedWithoutVillage();
  await startKend();
  for (const end = Date.now() + 30e3; list('--homes').some(h => h.ready && h.village_says !== 'ready');) {
    ok(Date.now() < end, JSON.stringify(list('--homes')));
    await new Promise(done => setTimeout(done, 200));
  }
  const ready = list('--homes').filter(h => h.ready).map(h => h.id), drawn = list().filter(h => h.state === 'drawn' && ready.includes(h.home));
  for (const h of drawn.slice(0, 5)) r('registrar', 'offer', h.id);
  ago = 28;
  for (const h of drawn.slice(0, 3)) r('second', 'answer', h.id, '--step', 'accept');
  [keyed, scheduled] = drawn;
  for (const h of [keyed, scheduled]) r('registrar', 'move', h.id, '--day', day(20).slice(0, 10));
  ago = 20;
  const hash = call('household', 'map', file, '--household', keyed.id, '--db', db, '--out', at('map.html')).trim();
  equal(hash.length, 64, hash);
  const map = readFileSync(at('map.html'), 'utf8');
  ok(map.includes(`<html lang="${keyed.language}">`) && map.includes(keyed.home) && !map.includes(keyed.id), 'of its home, in its language, without its pseudonym');
  r('educator', 'briefing', keyed.id, '--language', keyed.language, '--people', '3', '--map-sha256', at('map.html'));
  r('tester', 'meter', keyed.id, '--elec-kWh', '10', '--water-m3', '1');
  r('second', 'key', keyed.id, '--elec-kWh', '10', '--water-m3', '1', '--keys', '2');
  ok(call('land', 'export', '--db', db).includes(hash), 'the digest of the map stands in the record of the briefing');
  equal(list().find(h => h.id === keyed.id).state, 'keys', 'state');
});

let api;
test('the server tells stages, days and who is late, not who', async () => {
  let stage;
  for (const end = Date.now() + 10e3; !stage?.keys?.households && Date.now() < end;) { // it reads what commands have written once a second
    api = await (await fetch(base + '/api/return')).json();
    stage = Object.fromEntries(api.stages.map(s => [s.stage, s]));
  }
  equal(stage.registered.households, 2, 'registered');
  equal(stage.offered.households, 2, 'offered');
  equal(stage.offered.late, 2, 'answers that are late');
  ok(stage.offered.late_days >= 20 && stage.offered.waits.every(w => w.late && w.days >= 29), JSON.stringify(stage.offered));
  equal(stage.accepted.households, 1, 'accepted');
  equal(stage.scheduled.late, 1, 'a move that did not happen');
  equal(stage.keys.late, 1, 'a visit that is due');
  equal(api.apart.refused, null, 'three that were refused are too few to be told');
  equal(api.homes.total, 9, 'homes');
  equal(api.homes.keys + ' ' + api.homes.accepted + ' ' + api.homes.offered, '1 2 2', 'homes by what became of them');
  ok(api.homes.ready > 0 && api.homes.waiting > 0, JSON.stringify(api.homes));
});

test('no answer of the server, no record, no file holds what only the vault may know', async () => {
  const village = await (await fetch(base + '/api/village')).json();
  const paths = ['state', 'village', 'land', 'return', 'found', 'plan', 'prices', 'alarms', 'compare', 'asset?id=home-s-001', 'series?id=home-s-001.meas.elec_W', 'why?point=battery.cmd.power_W'].map(p => '/api/' + p);
  const texts = await Promise.all([...paths, '/land.html', '/'].map(async p => [p, await (await fetch(base + p)).text()]));
  texts.push(['chain', call('land', 'export', '--db', db)], ['pipeline', call('household', 'pipeline', '--db', db, '--json')], ['list', JSON.stringify(list())], ['land show', call('land', 'show', '--db', db, '--json')],
    ['public', asks('export', '--public')]);
  for (const f of ['data', '.'].flatMap(d => readdirSync(at(d)).map(n => join(d, n))).filter(n => /people|k\.db/.test(n))) texts.push([f, readFileSync(at(f), 'latin1')]);
  ok(village.assets.length > 100 && texts.length > 18, 'something was searched');
  for (const [where, text] of texts) for (const w of words) ok(!text.includes(w) || (where === 'public' && w === 'step_free'), `${w} stands in ${where}`);
  for (const [where, text] of texts.filter(([w]) => w.startsWith('/') || w === 'pipeline' || w === 'public')) for (const id of ids) ok(!text.includes(id), `a pseudonym stands in ${where}`);
  const shown = asks('show', keyed.id, '--why', 'to see that the search can find something');
  ok(words.some(w => shown.includes(w)), 'the vault itself knows');
});

test('the page shows the queue in three languages, on a desk and on a phone', async () => {
  if (!browserPath) return 'no chromium';
  const {chromium} = await import('playwright-core');
  browser = await chromium.launch({executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu']});
  const expect = {az: 'püşk gözləyir', en: 'in the draw', ru: 'ждут жребия'}, givenUp = {az: '1 püşk ictimai rəqəmdən əvvəl ləğv edilib', en: '1 cancelled before the public number', ru: 'Отменено до публичного числа: 1'};
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    const page = await (await browser.newContext({locale: 'en-GB', viewport: {width, height}})).newPage(), wrong = [];
    page.on('pageerror', e => wrong.push(String(e)));
    await page.goto(base + '/land.html');
    await page.waitForSelector('body.ready');
    for (const [lang, words] of Object.entries(expect)) {
      await page.selectOption('#lang', lang);
      const text = await page.textContent('#pipeline');
      ok(text.includes(words), `${lang}: ${text.slice(0, 200)}`);
      ok(text.includes(givenUp[lang]), `${lang}: a draw that was given up stays on the page: ${text.slice(-300)}`);
      ok(!/\bret_|\brs_|\bra_/.test(text), `a key without words in ${lang}`);
      equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${lang} fits ${width} px`);
      if (process.env.KEND_SHOTS) await page.screenshot({path: join(process.env.KEND_SHOTS, `return-${lang}-${width}.png`), fullPage: true});
    }
    equal(await page.$$eval('#pipeline [data-stage=offered] .marks i', all => all.map(i => i.className).join()), 'late,late', 'late ones are marked');
    equal(await page.$$eval('#pipeline .stages li', l => l.length), 11, 'stages');
    equal(wrong.join(), '', 'page errors');
    await page.close();
  }
});

test('what commands write shows on the open page', async () => {
  if (!browser) return 'no chromium';
  const page = await (await browser.newContext({locale: 'en-GB'})).newPage();
  await page.goto(base + '/land.html');
  await page.waitForSelector('[data-stage=offered] .late');
  ago = 0;
  for (const h of list().filter(x => x.state === 'offered')) r('observer', 'answer', h.id, '--step', 'expire');
  await page.waitForFunction(() => document.querySelector('[data-stage=offered] .count').textContent === '0', null, {timeout: 20000});
  await page.close();
});

const failed = await run();
await browser?.close();
await stopKend().catch(() => {});
rmSync(scratch, {recursive: true, force: true});
process.exit(failed ? 1 : 0);
