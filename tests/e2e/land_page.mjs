// Land on the running program: "I found something" from a phone without network, what it closes at once, every way to cheat it open again,
// and how people give the land back. Prints TAP. $KEND, $KEND_SOURCE from Meson.
import {spawn, execFileSync} from 'node:child_process';
import {request} from 'node:http';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, run, ok, equal} from './tap.mjs';

const source = process.env.KEND_SOURCE, program = process.env.KEND;
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(p => p && existsSync(p));
const scratch = mkdtempSync(join(tmpdir(), 'kend-land-')), db = join(scratch, 'k.db'), file = join(source, 'villages/agali.yaml');
const sleep = ms => new Promise(r => setTimeout(r, ms));
const env = {...process.env, KEND_UI: join(source, 'ui'), KEND_LIB: join(source, 'node_modules')};
let kend, base, token, browser;

function startKend() {
  return new Promise((resolve, reject) => {
    kend = spawn(program, ['run', file, '--listen', '127.0.0.1:0', '--db', db, '--history', '0', '--control', 'rules', '--proxy', '127.0.0.1', '--names', 'kend.example'], {env});
    let said = '';
    const hear = d => {
      said += d;
      const hit = /(http:\/\/[^/]+\/)#token=(\S+)/.exec(said);
      if (!hit) return;
      [base, token] = [hit[1].slice(0, -1), hit[2]];
      resolve();
    };
    kend.stdout.on('data', hear);
    kend.stderr.on('data', hear);
    kend.on('exit', code => reject(new Error(`kend ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error('kend did not start: ' + said)), 60000).unref();
  });
}
const stopKend = () => new Promise(r => { kend.removeAllListeners('exit'); kend.on('exit', r); kend.kill('SIGTERM'); });
const api = async path => (await fetch(base + path)).json();
const report = (body, from) => post('/api/found', body, {'X-Forwarded-For': `198.51.100.1, ${from}`}); // as a proxy on loopback tells it
const post = async (path, body, headers = {}) => {
  const r = await fetch(base + path, {method: 'POST', body: JSON.stringify(body), headers});
  return {status: r.status, ...(await r.json())};
};
async function until(what, check, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    const got = await check();
    if (got) return got;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
function command(...args) { return execFileSync(program, ['land', ...args], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}); }
const as = (who, name, ...args) => command(name, ...args, '--db', db, '--key', join(scratch, who + '.key'));
function refused(words, ...args) {
  try { execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}); } catch (e) {
    ok(e.stderr.includes(words), `"${e.stderr.trim().slice(0, 300)}" says ${words}`);
    return e.stderr;
  }
  throw new Error('not refused: ' + args.join(' '));
}
const closed = async () => (await api('/api/land')).closed.map(p => p.id);
const status = async () => {
  const village = await api('/api/village'), state = await api('/api/state');
  return new Map(village.assets.map((a, i) => [a.id, state.map.status[i]]));
};
const alarm = async () => (await api('/api/state')).alarms.some(a => a.name === 'land' && a.active);
const spot = [46.7545, 39.1803]; // in homes-west, more than 50 m from the centre

test('a chain of evidence begins in the data base of the village', async () => {
  for (const who of ['authority', 'inspector', 'user']) {
    const key = command('key', join(scratch, who + '.key'), '--name', who).trim();
    if (who === 'authority') as(who, 'open', '--call', '102', '--site', '46.7592,39.1803', '--at', '2026-01-01');
    else as('authority', 'accredit', who, '--public', key, '--id', who, '--org', who, '--roles', who, '--from', '2026-01-01', '--until', '2030-12-31');
  }
  await startKend();
  equal((await closed()).length, 0, 'places closed');
  equal((await api('/api/land')).call, '102', 'number to call');
  ok(readFileSync(db + '-heads', 'utf8').includes((await api('/api/land')).head), 'the head is noted outside');
});

test('a report that says nothing raises the alarm, and closes nothing', async () => {
  ok(!await alarm(), 'no alarm before');
  for (let i = 0; i < 6; i++) equal((await post('/api/found', {})).key, 'found_nowhere', 'key');
  await until('alarm', alarm, 10);
  equal((await closed()).length, 0, 'places closed');
});

test('a report from a phone without network is kept, and goes out when there is one', async () => {
  if (!browserPath) return 'no chromium';
  const {chromium} = await import('playwright-core');
  browser = await chromium.launch({executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu']});
  const context = await browser.newContext({locale: 'en-GB', permissions: ['geolocation'], geolocation: {longitude: spot[0], latitude: spot[1], accuracy: 5}});
  const page = await context.newPage(), wrong = [];
  page.on('pageerror', e => wrong.push(String(e)));
  await page.goto(base + '/found.html');
  await page.waitForFunction(() => document.getElementById('call').textContent.includes('102'));
  ok((await page.textContent('.stop')).includes('Touch nothing'), 'says stop first');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.click('#here');
  await page.waitForFunction(() => document.getElementById('position').textContent.includes('5 m'));
  await context.setOffline(true);
  await page.fill('#text', 'a round thing under the fence');
  await page.click('button.main');
  await page.waitForFunction(() => document.getElementById('answer').textContent.includes('No network'));
  equal((await api('/api/land')).finds.length, 6, 'nothing more has arrived');
  await page.reload(); // from the phone's own memory
  ok((await page.textContent('.stop')).includes('Touch nothing'), 'opens without network');
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForFunction(() => document.getElementById('answer').textContent.includes('saved'), null, {timeout: 30000});
  equal(await page.evaluate(() => JSON.parse(localStorage.getItem('kend-found')).length), 0, 'left in the queue');
  equal(wrong.join(), '', 'page errors');
  await context.close();
});

test('reports of two pages, and one that something else answered for, are all kept; none bears the place of the one before', async () => {
  if (!browserPath) return 'no chromium';
  const context = await browser.newContext({locale: 'en-GB', permissions: ['geolocation'], geolocation: {longitude: spot[0], latitude: spot[1], accuracy: 5}});
  const queue = async page => (await page.evaluate(() => JSON.parse(localStorage.getItem('kend-found') ?? '[]')));
  const [one, two] = [await context.newPage(), await context.newPage()];
  for (const page of [one, two]) {
    await page.goto(base + '/found.html');
    await page.route('**/api/found', r => r.request().method() === 'POST' ? r.fulfill({status: 404, contentType: 'application/json', body: '{"error": "no such page"}'}) : r.continue());
  }
  const report = async (page, text) => {
    await page.fill('#text', text);
    await page.click('button.main');
    await page.waitForFunction(() => document.getElementById('answer').textContent.includes('No network'));
  };
  await one.click('#here');
  await one.waitForFunction(() => document.getElementById('position').textContent.includes('5 m'));
  await report(one, 'first');
  await report(two, 'second');
  await report(one, 'third');
  const kept = await queue(one);
  equal(kept.map(r => r.text).join(), 'first,second,third', 'kept');
  equal(kept.map(r => Boolean(r.position)).join(), 'true,false,false', 'with a position');
  await one.evaluate(() => localStorage.removeItem('kend-found'));
  await context.close();
});

test('it closes the parcel, its streets and all that stands there, at once', async () => {
  if (!browserPath) await post('/api/found', {text: 'a round thing', position: spot, report: 'without-browser'});
  ok((await closed()).includes('homes-west'), 'the parcel is closed');
  await until('assets out of service', async () => [...(await status())].filter(([id, s]) => id.startsWith('home-') && s & 1).length > 50, 10);
  ok((await closed()).some(id => id.startsWith('west-')), 'streets are closed');
  ok(await alarm(), 'the alarm is raised');
  equal([...(await status())].filter(([id, s]) => id === 'hydro' && s & 1).length, 0, 'what stands elsewhere goes on');
});

const round = async id => (await api('/api/land')).rounds.find(r => r.id === id);
const roundAlarm = async () => (await api('/api/state')).alarms.some(a => a.name === 'round' && a.active);
test('every round over it stands still, others drive, and the page says which bins wait', async () => {
  const west = await round('organic-west'), east = await round('organic-east');
  ok(!west.drives && west.closed_legs.includes('west-1') && west.not_emptied.length === west.n_bin, JSON.stringify(west));
  ok(east.drives, 'the round in the east drives');
  const village = await api('/api/village'), bins = west.not_emptied;
  ok(bins.length === 12 && bins.every(b => village.assets.some(a => a.id === b && a.class === 'bin')), bins.join());
  await until('round alarm', roundAlarm, 10);
  const centre = [...(await status())].filter(([id]) => id.startsWith('bin-centre'));
  equal(centre.filter(([, s]) => s & (1 | 128)).length, 0, 'bins in the centre are emptied');
  if (!browser) return 'no chromium';
  const page = await (await browser.newContext({locale: 'en-GB', viewport: {width: 360, height: 740}})).newPage();
  await page.goto(base + '/land.html');
  await page.waitForSelector('body.ready');
  const said = await page.textContent('[data-round=organic-west]');
  ok(/out of service/.test(said) && /West 1 street/.test(said) && /bins not emptied \(12\)/.test(said), said);
  ok(/drives/.test(await page.textContent('[data-round=organic-east]')), 'east');
  await page.close();
});

let home;
test('cheating: an override on closed land is refused', async () => {
  home = [...(await status())].find(([id, s]) => id.startsWith('home-') && s & 1)[0];
  const village = await api('/api/village'), cls = village.classes[village.assets.find(a => a.id === home).class];
  const answer = await post('/api/override', {point: `${home}.cmd.${cls.cmd[0].key}`, value: cls.cmd[0].min, until_ms: Date.now() + 3600e3}, {'X-Kend-Token': token});
  equal(answer.status, 409, answer.error);
});
test('cheating: a find on one leg alone stops the round; its bins on other legs take no override', async () => {
  await post('/api/found', {text: 'a wire across the street', place: 'east-5', report: 'leg-1'});
  const east = await until('east stands', async () => { const r = await round('organic-east'); return r.drives ? null : r; }, 10);
  equal(east.closed_legs.join(), 'east-5', 'closed legs');
  const bin = await until('a bin on an open leg waits', async () => [...(await status())].find(([id, s]) => east.not_emptied.includes(id) && (s & 129) === 128)?.[0], 10);
  const answer = await post('/api/override', {point: `${bin}.cmd.collect_frac`, value: 1, until_ms: Date.now() + 3600e3}, {'X-Kend-Token': token});
  equal(answer.status, 409, answer.error);
  ok(/no round comes/.test(answer.error), answer.error);
});
test('cheating: a plan, another controller or a reload does not open it', async () => {
  await until('joint', async () => (await post('/api/try', {action: 'controller', value: 2}, {'X-Kend-Token': token})).status === 200, 30);
  await until('read again', async () => (await post('/api/reload', {}, {'X-Kend-Token': token})).status === 200, 30);
  await sleep(4000);
  ok((await status()).get(home) & 1, 'still out of service');
  ok((await closed()).includes('homes-west'), 'still closed');
});
test('cheating: acknowledging the alarm opens nothing', async () => {
  const a = (await api('/api/state')).alarms.find(x => x.name === 'land');
  await post('/api/ack', {code: a.code, asset: null}, {'X-Kend-Token': token});
  ok((await closed()).includes('homes-west'), 'still closed');
});
test('cheating: the same report again is one, and no API opens land', async () => {
  const before = (await api('/api/land')).finds.length;
  await post('/api/found', {text: 'again', position: spot, report: 'same-1'});
  equal((await post('/api/found', {text: 'again', position: spot, report: 'same-1'})).key, 'found_known', 'second');
  equal((await api('/api/land')).finds.length, before + 1, 'finds');
  for (const path of ['/api/land', '/api/gate', '/api/place']) equal((await post(path, {id: 'homes-west', state: 'in_use'}, {'X-Kend-Token': token})).status >= 400, true, path);
});
test('a report that does not say where promises nothing', async () => {
  const answer = await post('/api/found', {text: 'somewhere', report: 'nowhere-1'});
  equal(answer.key, 'found_nowhere', 'key');
  ok(/nothing is closed/.test(answer.text), answer.text);
});
test('cheating: a restart, with its saved state, keeps it closed', async () => {
  await stopKend();
  await startKend();
  await until('state', async () => (await api('/api/state')).map, 20);
  ok((await status()).get(home) & 1, 'out of service again');
  ok((await closed()).includes('homes-west'), 'closed again');
});
test('cheating: a village file that says in use is refused by check, naming parcel and state', async () => {
  const said = refused('homes-west', 'check', file, '--db', db);
  ok(/`home-\S+` stands on `homes-west`.*find-\d+ as reopened/.test(said), said.slice(0, 200));
  const lies = readFileSync(file, 'utf8').replace('state: hazard', 'state: in_use').replace('on: solar-parcel, point: [46.76243, 39.18292]', 'on: north-slope, point: [46.76420, 39.18560]')
    .replace('agali.land.jsonl', join(source, 'villages/agali.land.jsonl'));
  writeFileSync(join(scratch, 'lies.yaml'), lies);
  const leg = refused('drives over', 'check', file, '--db', db);
  ok(/`organic-west` drives over `west-\d` on `homes-west`, which is not handed over: the records have find-\d+ as reopened/.test(leg), leg.slice(-400));
  ok(/stands on `north-slope`.*in_progress/.test(refused('north-slope', 'check', join(scratch, 'lies.yaml'))), 'the records know better');
  refused('not handed over', 'dispatch', join(scratch, 'lies.yaml'), '--hours', '1');
  refused('not handed over', 'simulate', join(scratch, 'lies.yaml'), '--days', '1', '--control', 'rules');
});
test('a find in a field stops the pump that waters it, though the pump stands elsewhere', async () => {
  await post('/api/found', {text: 'under the plough', position: [46.772, 39.178], report: 'field-1'});
  await until('the pump is out of service', async () => (await status()).get('irrigation') & 1, 10);
  ok((await closed()).includes('fields') && !(await closed()).includes('river-works'), 'the field is closed, the pump house is not');
  const said = refused('not handed over', 'check', file, '--db', db);
  ok(/`irrigation` works on `fields`/.test(said), said.slice(-400));
});
test('many reports of one sender are all kept, and wait for people after a while; those that close nothing do not count', async () => {
  const streets = ['west-1', 'east-1', 'avenue', 'west-road', 'east-road', 'north-lane', 'south-lane', 'farm-road', 'river-road'], keys = [];
  for (let i = 0; i < 6; i++) equal((await report({}, '192.0.2.7')).key, 'found_nowhere', 'an empty report');
  for (let i = 0; i < 6; i++) equal((await report({place: 'fields'}, '192.0.2.7')).key, 'found_closed', 'a field that is closed already');
  const before = (await closed()).length;
  for (const [i, place] of streets.entries()) keys.push((await report({text: 'flood', place, report: 'flood-' + i}, '192.0.2.7')).key);
  ok(keys.slice(0, 5).every(k => k === 'found_closed') && keys.slice(7).every(k => k === 'found_waits'), keys.join());
  const land = await api('/api/land');
  equal(land.finds.filter(f => streets.includes(f.place)).length, 9, 'none is lost');
  ok((await closed()).length > before, 'and some closed');
});
test('a flood from one address behind the proxy silences no other, nor does a forged header', async () => {
  equal((await report({text: 'flood', place: 'old-orchard'}, '192.0.2.7')).key, 'found_waits', 'the flood');
  equal((await report({text: 'a real one', position: [46.75864, 39.18152], place: 'school-yard'}, '192.0.2.8')).key, 'found_closed', 'the school');
  await until('the school is closed', async () => (await status()).get('school') & 1, 10);
  const forged = await post('/api/found', {place: 'phase-two'}, {'X-Forwarded-For': '192.0.2.99, 192.0.2.7'});
  equal(forged.key, 'found_waits', 'its own words before the proxy\'s');
});
test('the page is served under the names that were given, to no other', async () => {
  const named = host => new Promise((done, fail) => {
    const r = request(base + '/api/found', {method: 'POST', headers: {Host: host, Origin: 'https://' + host}}, a => { a.resume(); done(a.statusCode); });
    r.on('error', fail);
    r.end(JSON.stringify({place: 'fields', report: 'named'}));
  });
  equal(await named('kend.example'), 200, 'named');
  equal(await named('evil.example'), 421, 'not named');
});

test('people give it back: a visit, then the authority, while the village runs', async () => {
  const finds = (await api('/api/land')).finds;
  for (const f of finds) {
    refused('nobody has been', 'land', 'release', '--step', 'restore', '--find', String(f.no), '--text', 'x', '--db', db, '--key', join(scratch, 'authority.key'));
    as('inspector', 'find', '--step', 'resolve', '--find', String(f.no), '--result', 'nothing', '--text', 'a lid of a pot');
    as('authority', 'release', '--step', 'restore', '--find', String(f.no), '--text', 'seen by the inspector');
  }
  await until('open again', async () => (await closed()).length === 0, 10);
  await until('in service again', async () => !((await status()).get(home) & 1), 10);
  await until('alarm over', async () => !(await alarm()), 10);
  ok((await api('/api/land')).rounds.every(r => r.drives), 'all rounds drive again');
  await until('round alarm over', async () => !(await roundAlarm()), 10);
});

test('cheating: a chain whose last finds were cut off starts nothing', async () => {
  const sql = text => execFileSync('sqlite3', [db, text], {encoding: 'utf8'});
  const [cut, whole, heads] = ['DROP TRIGGER chain_holds; DELETE FROM chain WHERE seq >= ', join(scratch, 'whole.db'), readFileSync(db + '-heads', 'utf8')];
  await post('/api/found', {text: 'a wire', place: 'east-2'});
  await until('the head is noted at once', () => readFileSync(db + '-heads', 'utf8') !== heads, 5);
  const {records} = await api('/api/land');
  await stopKend();
  sql(`VACUUM INTO '${whole}'`);
  sql(cut + records);
  const run = ['run', file, '--listen', '127.0.0.1:0', '--db', db, '--history', '0'];
  const said = refused('cut, rewritten, or is another chain', ...run);
  ok(new RegExp(`k.db-heads:\\d+:1: record no. ${records} as noted on .* is not in .*k.db, which has ${records - 1}`).test(said), said);
  refused(`record no. ${records}`, 'land', 'verify', '--db', db);
  refused(`record no. ${records}`, 'check', file, '--db', db);
  refused(`record no. ${records}`, 'land', 'report', 'A-1', '--db', db, '--kind', 'certificate', '--out', join(scratch, 'certificate.html'));
  sql(cut.split(';')[1] + 0);
  refused(`record no. `, ...run);
  writeFileSync(db + '-heads', readFileSync(db + '-heads', 'utf8') + '2026-12-01T00:00:0'); // a power loss in the middle of a line
  for (const end of ['-wal', '-shm']) rmSync(db + end, {force: true});
  writeFileSync(db, readFileSync(whole));
  command('verify', '--db', db);
  await startKend();
  ok((await closed()).includes('east-2'), 'from the copy it starts, closed');
});

test('the land page shows areas with their balance, and the records are proven', async () => {
  command('verify', '--db', db);
  await stopKend();
  for (const end of ['', '-wal', '-shm', '-lock', '-heads']) rmSync(db + end, {force: true}); // another village begins here
  await startKend();
  equal((await api('/api/land')).areas.length, 4, 'areas of the shipped records');
  if (!browser) return 'no chromium';
  const page = await (await browser.newContext({locale: 'en-GB'})).newPage(), wrong = [];
  page.on('pageerror', e => wrong.push(String(e)));
  await page.goto(base + '/land.html');
  await page.waitForSelector('body.ready');
  const text = await page.textContent('#areas');
  ok(text.includes('North slope') && text.includes('cancelled: 37068 m2 by nts; residual risk: low'), text.slice(0, 300));
  ok(text.includes('8,410 of 67,723'), 'progress');
  equal(await page.$$eval('#map path', p => p.length > 20), true, 'map is drawn');
  equal(wrong.join(), '', 'page errors');
  await page.close();
});

const failed = await run();
await browser?.close();
await stopKend().catch(() => {});
rmSync(scratch, {recursive: true, force: true});
process.exit(failed ? 1 : 0);
