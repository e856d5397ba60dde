// The page in a real browser over the real program: `kend run` with a day of history behind it, driven as an operator would. Every
// figure looked at is recomputed from single series of the store. Prints TAP. $KEND, $KEND_SOURCE from Meson.
import {spawn} from 'node:child_process';
import {existsSync, readFileSync, readdirSync, mkdtempSync, rmSync} from 'node:fs';
import {request} from 'node:http';
import {gzipSync} from 'node:zlib';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, run, ok, equal} from './tap.mjs';

const source = process.env.KEND_SOURCE, program = process.env.KEND;
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(p => p && existsSync(p));
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];
const scratch = mkdtempSync(join(tmpdir(), 'kend-page-'));
const sleep = ms => new Promise(r => setTimeout(r, ms));
let kend, link, base, token, browser, page, village;
const complaints = [], foreign = [];

function startKend() {
  return new Promise((resolve, reject) => {
    kend = spawn(program, ['run', join(source, 'villages/agali.yaml'), '--listen', '127.0.0.1:0', '--db', join(scratch, 'k.db'), '--history', '1', '--control', 'rules', '--seed', '7'],
      {env: {...process.env, KEND_UI: join(source, 'ui'), KEND_LIB: join(source, 'node_modules')}});
    let said = '';
    const hear = d => {
      said += d;
      const hit = /http:\/\/\S+#token=\S+/.exec(said);
      if (hit) resolve(hit[0]);
    };
    kend.stdout.on('data', hear);
    kend.stderr.on('data', hear);
    kend.on('exit', code => reject(new Error(`kend ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error('kend did not print its link within 60 s: ' + said)), 60000).unref();
  });
}
const api = async path => (await fetch(base + path)).json();
async function post(path, body, headers = {}) {
  const r = await fetch(base + path, {method: 'POST', body: JSON.stringify(body), headers});
  return {status: r.status, ...(await r.json())};
}
const change = (path, body) => post(path, body, {'X-Kend-Token': token});
async function until(what, check, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    const got = await check();
    if (got) return got;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

// --- an independent reader of expressions: from docs/api.md, over single series only
function members(selection) {
  const key = selection.slice(selection.lastIndexOf('.') + 1), rest = selection.slice(0, selection.lastIndexOf('.'));
  const kind = rest.slice(rest.lastIndexOf('.') + 1), who = rest.slice(0, rest.lastIndexOf('.'));
  let chosen;
  if (who.startsWith('@')) {
    const [cls, profile] = who.slice(1).split('/');
    chosen = village.assets.filter(a => a.class === cls && (!profile || (profile[0] === '!' ? (a.profile ?? '') !== profile.slice(1) : a.profile === profile)));
  } else chosen = village.assets.filter(a => new RegExp('^' + who.replace(/[.]/g, '\\.').replace(/\*/g, '.*') + '$').test(a.id));
  return chosen.map(a => `${a.id}.${kind}.${key}`);
}
const forms = {sum: v => v, minus: v => -v, pos: v => Math.max(v, 0), neg: v => Math.max(-v, 0)};
async function stored(names, from, step) {
  const values = [];
  for (let i = 0; i < names.length; i += 20) {
    const got = await api('/api/series?' + new URLSearchParams({id: names.slice(i, i + 20).join(';'), from, to: from + step, step}));
    values.push(...got.series.map(s => s.v[0]));
  }
  return values;
}
async function recompute(expression, from, step) {
  let total = 0;
  for (const term of expression.split(' + ')) {
    const form = /^(\w+)\((.*)\)$/.exec(term);
    const values = await stored((form ? form[2] : term).split(',').flatMap(members), from, step);
    for (const v of values) total += forms[form?.[1] ?? 'sum'](v);
  }
  return total;
}

async function open(width, height, scheme = 'light') {
  const context = await browser.newContext({viewport: {width, height}, colorScheme: scheme, locale: 'en-GB'});
  const p = await context.newPage();
  p.on('console', m => { if (['error', 'warning'].includes(m.type())) complaints.push(m.text()); });
  p.on('pageerror', e => complaints.push(e.message));
  p.on('request', r => { if (!r.url().startsWith(base) && !r.url().startsWith('data:')) foreign.push(r.url()); });
  await p.goto(link);
  await p.waitForSelector('body.ready');
  return p;
}

test('the page opens and shows the village', async () => {
  page = await open(1280, 800);
  village = await api('/api/village');
  equal(await page.textContent('#village'), village.site.name, 'name');
  await page.waitForFunction(() => document.querySelector('#chart canvas'));
  const [level, sentence] = [await page.getAttribute('#status', 'class'), await page.textContent('#sentence')];
  ok(['well', 'warning', 'urgent'].includes(level) && sentence.length > 10, `${level}: ${sentence}`);
  ok(level !== 'well' || /\d/.test(sentence), 'when all is well the sentence carries figures: ' + sentence);
  ok(!/[{}]|undefined|NaN/.test(await page.textContent('main')), 'no raw words: ' + await page.textContent('main'));
});

test('the token leaves the address bar and is kept', async () => {
  ok(!page.url().includes('token'), page.url());
  equal(await page.evaluate(() => sessionStorage.getItem('kend-token')), token, 'kept token');
});

// What may hold a digit without being a figure: instants, names of things, the tables' help texts, the name of the series itself, and the
// choices of a control.
const exceptions = 'time, .name, .help, .expr, #dayname, select, option, datalist, script, style';
const bareFigures = () => page.evaluate(except => {
  const found = [];
  for (const root of ['main', '#try', '#drawer[open]'].flatMap(s => [...document.querySelectorAll(s)])) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n; (n = walk.nextNode());) {
      const e = n.parentElement;
      if (/\d/.test(n.data) && !e.closest('[data-series]') && !e.closest(except) && e.checkVisibility()) found.push(n.data.trim());
    }
  }
  return found;
}, exceptions);
const noneBare = async where => { const bare = await bareFigures(); equal(bare.length, 0, `${where}: figures without a series: ${bare.join(' | ')}`); };

test('every figure on the page carries the series it is', async () => {
  await page.waitForFunction(() => document.querySelectorAll('#plan [data-series], #price [data-series]').length >= 1);
  for (const l of ['az', 'ru', 'en']) {
    await page.selectOption('#lang', l);
    await noneBare(l);
  }
  ok(await page.$('#price [data-series^="@tariff"]'), 'the price strip has figures');
  await page.hover('#map', {position: {x: 60, y: 60}});
  await noneBare('with the map pointed at');
});

// The same figure again from the store alone: prices from the plan and the village file, all else from single series.
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(b), 1);
async function agrees(f) {
  if (f.part === 'share') {
    const g = (await api('/api/state')).gauges.find(x => x.s === f.series), level = await recompute(f.series, f.at, 900e3);
    const want = Math.round(Math.max(0, Math.min(1, (level - g.low) / (g.high - g.low))) * 100);
    return ok(Math.abs(want - parseFloat(f.text.replace(/[^\d.]/g, ''))) < 1, `${f.series} share: page ${f.text}, store ${want}`);
  }
  if (f.series.startsWith('@')) {
    const slot = (await api('/api/prices?' + new URLSearchParams({from: f.at, to: f.at + 900e3}))).slots[0];
    const want = slot[{'@price.root': 'price', '@tariff.buy': 'buy', '@tariff.sell': 'sell'}[f.series]];
    return ok(near(f.value, want), `${f.series}: page ${f.value}, API ${want}`);
  }
  const want = await recompute(f.series, f.at, 900e3);
  ok(near(f.value, want), `${f.series} at ${new Date(f.at).toISOString()}: page ${f.value}, store ${want}`);
}
async function pointedFigures() { // of the slot that is pointed at: ribbon, stores, their shares, price strip
  const slot = await page.evaluate(async () => {
    await new Promise(r => setTimeout(r, 150));
    const of = (part, select) => [...document.querySelectorAll(select)].filter(n => !n.hasAttribute('hidden') && n.dataset.series && (part === 'share' || n.dataset.value !== ''))
      .map(n => ({part, series: n.dataset.series, value: +n.dataset.value, text: n.textContent}));
    return {title: document.querySelector('#when').textContent, figures: [...of('ribbon', '#ribbon .n'), ...of('stores', '#stores .n'), ...of('share', '#stores .share'), ...of('price', '#price .n')]};
  });
  const clock = /(\d\d):(\d\d)/.exec(slot.title);
  if (!clock) return [];
  const now = (await api('/api/state')).at_ms, offset = village.site.offset_s * 1000;
  let at = Math.floor((now + offset) / 864e5) * 864e5 - offset + (+clock[1] * 60 + +clock[2]) * 60e3;
  if (at > now) at -= 864e5;
  return slot.figures.map(f => ({...f, at}));
}

test('twenty figures of four parts of the page agree with the store', async () => {
  const seen = [];
  await page.focus('#chart');
  for (let back = 0; back < 12; back++) {
    for (let i = 0; i < (back ? 7 : 9); i++) await page.keyboard.press('ArrowLeft');
    seen.push(...await pointedFigures());
  }
  const chosen = ['ribbon', 'stores', 'share', 'price'].flatMap(part => {
    const of = seen.filter(f => f.part === part), every = Math.max(1, Math.floor(of.length / 5));
    equal(of.filter((_, i) => i % every === 0).slice(0, 5).length, 5, 'figures of ' + part);
    return of.filter((_, i) => i % every === 0).slice(0, 5);
  });
  equal(chosen.length, 20, 'figures recomputed');
  for (const f of chosen) await agrees(f);
  await page.keyboard.press('Escape');
});

test('what the plan says of itself is what its slots add up to', async () => {
  await change('/api/try', {action: 'controller', value: 2});
  const plan = await until('a plan of all', async () => { const p = (await api('/api/plan')).plan; return p?.controller === 'joint' && p; }, 60);
  const sum = (key, price) => plan.price.reduce((a, _, i) => plan.start_ms[i] < plan.start_ms[0] + 864e5 ? a + plan.figures[key][i] / 1e3 * (plan.start_ms[i + 1] - plan.start_ms[i]) / 36e5 * price[i] : a, 0);
  ok(Math.abs(plan.named['@plan.bought'].v - sum('grid_in', plan.buy)) < 1e-4, 'bought');
  ok(Math.abs(plan.named['@plan.sold'].v - sum('grid_out', plan.sell)) < 1e-4, 'sold');
  await page.waitForSelector('#plan [data-series="@plan.sold"]');
  await noneBare('with a plan');
  const shown = await until('the page has it', async () => { const p = (await api('/api/plan')).plan, v = await page.getAttribute('#plan [data-series="@plan.sold"]', 'data-value'); return near(+v, p.named['@plan.sold'].v); });
  ok(shown, 'sold as the page has it');
  for (const id of ['@plan.sold', '@plan.gap_frac', '@price.root', '@tariff.buy']) ok(Number.isFinite((await api('/api/why?point=' + encodeURIComponent(id))).v), id + ' is answered');
  await page.click('#plan [data-series="@plan.sold"]');
  await page.waitForSelector('#drawer[open] .big');
  ok((await page.textContent('#drawer')).includes('plan’s own figure'), await page.textContent('#drawer'));
  await page.keyboard.press('Escape');
  await change('/api/try', {action: 'controller', value: 0});
});

test('what is shown live is what the state says, and it moves', async () => {
  const first = await page.evaluate(() => document.querySelector('#time').dateTime);
  await page.waitForFunction(t => document.querySelector('#time').dateTime !== t, first);
  const pair = await page.evaluate(async () => {
    const s = await (await fetch('api/state')).json();
    return [s.figures.homes.s, document.querySelector(`#ribbon [data-series="${s.figures.homes.s}"]`)?.dataset.value, s.figures.homes.v];
  });
  ok(Math.abs(pair[1] - pair[2]) < 0.3 * pair[2], `homes: page ${pair[1]}, state ${pair[2]}`);
});

test('one tap on a figure tells why', async () => {
  await page.click('#ribbon [data-series="sum(@hydro.flow.elec_W)"]');
  await page.waitForSelector('#drawer[open] .setpoint');
  ok((await page.textContent('#drawer dl')).length > 20, 'reasons are given');
  ok((await page.textContent('#drawer')).includes('An estimate'), 'and what one step would have cost');
  await noneBare('why');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#drawer:not([open])', {state: 'attached'});
});

test('why speaks the reader’s language', async () => {
  await page.selectOption('#lang', 'ru');
  await page.click('#ribbon [data-series="sum(@hydro.flow.elec_W)"]');
  await page.waitForSelector('#drawer[open] .setpoint');
  const words = await page.$$eval('#drawer dd', all => all.map(d => d.textContent));
  ok(words.length > 2 && words.every(w => /[а-я]/i.test(w)), words.join(' | '));
  const codes = await page.$$eval('#drawer dd', all => all.map(d => d.dataset.code));
  ok(codes.some(c => c.startsWith('step_')), codes.join());
  await page.keyboard.press('Escape');
  await page.selectOption('#lang', 'en');
});

test('the same by keyboard', async () => {
  await page.focus('#stores .n[data-series^="battery"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#drawer[open] .setpoint');
  ok((await page.textContent('#drawer')).includes('battery.x.energy_J'), 'the series is named');
});

test('anything on the map is found by name', async () => {
  await page.keyboard.press('Escape');
  const home = village.assets.find(a => a.class === 'home');
  await page.fill('#find', home.id);
  await page.press('#find', 'Enter');
  await page.waitForSelector('#drawer[open] .rows');
  equal(await page.textContent('#drawertitle'), home.name, 'title');
  await noneBare('one home');
  await page.keyboard.press('Escape');
  await page.focus('#stores .n[data-series^="battery"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#drawer[open] .setpoint');
});

test('setting by hand needs an end; it shows, and is taken back', async () => {
  await page.click('#drawer .setpoint button');
  await page.waitForSelector('#drawer form #ends');
  await page.fill('#value', '12');
  await page.click('#drawer form button.main');
  await page.waitForSelector('#drawer [role=status]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#overridelist li', {timeout: 20000});
  await noneBare('set by hand');
  const o = (await api('/api/state')).overrides[0];
  ok(o.until_ms > o.from_ms, 'it ends');
  equal(o.point, 'battery.cmd.power_W', 'point');
  equal(o.value, 12000, 'kW typed, W kept');
  await page.click('#overridelist button');
  await until('taken back', async () => (await api('/api/state')).overrides.length === 0);
});

test('an override without an end, out of range, past, or of nothing is refused', async () => {
  const now = (await api('/api/state')).at_ms, point = 'battery.cmd.power_W';
  equal((await change('/api/override', {point, value: 1000})).status, 422, 'no end');
  equal((await change('/api/override', {point, value: 1000, until_ms: now - 1})).status, 422, 'past end');
  equal((await change('/api/override', {point, value: 1000, until_ms: now + 30 * 864e5})).status, 422, 'a month');
  equal((await change('/api/override', {point, value: 1e12, until_ms: now + 6e5})).status, 422, 'range');
  equal((await change('/api/override', {point: 'battery.x.energy_J', value: 1, until_ms: now + 6e5})).status, 404, 'not a set-point');
  equal((await change('/api/override', [1])).status, 400, 'not an object');
});

const raw = (path, headers, method = 'GET') => new Promise((resolve, reject) => {
  const u = new URL(base);
  request({host: u.hostname, port: u.port, path, method, headers}, r => { r.resume(); resolve(r.statusCode); }).on('error', reject).end();
});
test('strangers are refused: Host, Origin, token', async () => {
  equal(await raw('/api/state', {Host: 'village.example'}), 421, 'foreign name');
  equal(await raw('/api/state', {Host: new URL(base).host, Origin: 'http://village.example'}), 403, 'foreign page');
  equal((await post('/api/try', {action: 'grid_out'})).status, 401, 'no token');
  equal((await post('/api/try', {action: 'grid_out'}, {'X-Kend-Token': 'a'.repeat(32)})).status, 401, 'wrong token');
  equal(await raw('/..%2f..%2fetc/passwd', {}), 404, 'no way out of the folder');
});

test('a slot of shortage leaves the prices of all others readable', async () => {
  const tops = await page.evaluate(async () => {
    const {priceTop} = await import('./chart.js');
    const slot = (price, buy) => ({price, buy});
    return [priceTop([slot(9.8, 0.1), slot(0.09, 0.1)]), priceTop([slot(0.2, 0.1), slot(0.09, 0.1)]), priceTop([slot(9.8, 0), slot(0.2, 0), slot(0.2, 0), slot(0.1, 0)])];
  });
  ok(tops[0] > 0.2 && tops[0] < 0.4, 'three tariffs: ' + tops[0]);
  equal(tops[1], 0.2, 'nothing is cut that fits');
  ok(tops[2] < 1, 'no tariff: three usual prices ' + tops[2]);
});

test('a lost grid is the first line, whatever else is on and whether its own alarm found room', async () => {
  const said = await page.evaluate(async () => {
    const {sentence} = await import('./sentence.js');
    const [state, village] = await Promise.all(['api/state', 'api/village'].map(async p => (await fetch(p)).json()));
    const stuck = village.assets.slice(0, 64).map(a => ({name: 'reading_stuck', text: 'stuck', level: 1, active: true, since_ms: state.at_ms, ack_ms: 0, asset: a.id, asset_name: a.name}));
    const is = (island, alarms) => { const s = sentence({...state, island, alarms}, village); return [s.level, s.nodes.map(n => n.textContent ?? n).join('')].join(' '); };
    return [is(true, stuck), is(true, []), is(false, stuck)];
  });
  for (const s of said.slice(0, 2)) ok(/^urgent No grid: the village carries itself with [≈\d]/.test(s), s);
  ok(/^warning /.test(said[2]), said[2]);
});

test('each thing to try answers within two seconds in one plain sentence: what changes, until when, what holds', async () => {
  const effect = {'Cut the grid': /grid is cut until .*\d\d:\d\d: (\d.*kW|nothing)/, 'Stop a screw': /screw stands still until .*the river (gives \d.* instead of|still gives)/, 'Cold wave': /12.K colder until .*lose \d.*W more heat/,
    'Dry river': /third of its water until .*(instead of|enough for)/, 'Cloud front': /sun until .*(instead of|nothing is lost yet)/};
  for (const button of await page.$$('#try .buttons button[aria-pressed]')) {
    const name = await button.textContent(), began = Date.now();
    await button.click();
    await page.waitForFunction(() => /[.]$/.test(document.querySelector('#said').textContent) && !/^This is the twin/.test(document.querySelector('#said').textContent), null, {timeout: 2000}).catch(() => { throw new Error(name + ': no sentence in 2 s'); });
    const said = await page.textContent('#said');
    ok(Date.now() - began <= 2000 && said.split(/[.] /).length === 1, `${name}: ${Date.now() - began} ms: ${said}`);
    ok(effect[name].test(said), `${name}: ${said}`);
    ok(/homes are at 18.°C or warmer/.test(said) && !/from the grid/.test(said), said); // the grid is cut first
    ok(/battery (lasts|holds) \d/.test(said), said);
    await noneBare(name);
    await page.evaluate(() => { document.querySelector('#said').textContent = ''; });
  }
  ok((await api('/api/state')).twin.faults.length >= 4, 'they are on');
  await change('/api/try', {action: 'clear'});
  await until('all ended', async () => (await api('/api/state')).twin.faults.length === 0);
});

test('the clock runs faster when asked', async () => {
  await page.selectOption('#speed', '600');
  await page.waitForFunction(() => /\d/.test(document.querySelector('#said').textContent));
  const a = (await api('/api/state')).at_ms;
  await sleep(1500);
  const b = (await api('/api/state')).at_ms;
  ok(b - a > 100e3, `${(b - a) / 1000} s in 1.5 s`);
  const reached = await until('the speed reached is told', async () => (await api('/api/state')).twin.achieved);
  ok(reached > 60 && reached < 700, `${reached} times`);
  await page.selectOption('#speed', '10000');
  await page.waitForFunction(() => /as fast as this machine can/.test(document.querySelector('#said').textContent));
  await page.waitForFunction(() => /10,000× \(now [\d,]+×\)/.test(document.querySelector('#live').textContent) || false, null, {timeout: 15000}).catch(async () => {
    const t = (await api('/api/state')).twin;
    ok(t.achieved >= 0.9 * t.speed, `${t.achieved} of ${t.speed} is not told`);
  });
  await page.selectOption('#speed', '1');
  equal((await change('/api/try', {action: 'speed', value: 1e6})).status, 422, 'a million times');
});

test('side by side begins at once and says how long it takes', async () => {
  const began = Date.now(), k = await change('/api/compare', {});
  ok(Date.now() - began < 2000, 'answered in 2 s');
  ok(k.running && k.until_ms > k.from_ms, JSON.stringify(k));
});

test('cost and comfort are seen to part while it runs, in a sentence and two plots', async () => {
  await page.click('#try button:has-text("Side by side")');
  await page.waitForSelector('#drawer[open] .diverging polyline', {timeout: 60000});
  equal(await page.$$eval('#drawer .diverging', all => all.map(f => f.querySelectorAll('polyline').length).join()), '3,3', 'three ways in each plot');
  ok(/^After \d+ h joint|^Joint/.test(await page.textContent('#drawer .concluded')), await page.textContent('#drawer .concluded'));
  const k = await api('/api/compare');
  ok(k.hours >= 1 && k.lines.length === 3 && k.lines.every(l => l.money.length === k.hours + 1 && l.unmet_K_h[0] === 0), JSON.stringify(k));
  ok(!/[{}]|undefined|NaN/.test(await page.textContent('#drawer')), await page.textContent('#drawer'));
  await noneBare('side by side');
  ok(k.paid_peak_W >= 0, 'what of the peak was paid before');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#drawer:not([open])', {state: 'attached'});
});

test('three languages from one table, none missing', async () => {
  globalThis.document ??= {};
  const text = await import(join(source, 'ui/text.js'));
  for (const key of text.keys()) ok(text.row(key).length === 3 && text.row(key).every(w => w.trim()), key);
  for (const key of text.keys()) equal(new Set(text.row(key).map(w => (w.match(/\{\d\}/g) || []).sort().join())).size, 1, 'values of ' + key);
  const seen = new Set();
  for (const l of ['az', 'ru', 'en']) {
    await page.selectOption('#lang', l);
    equal(await page.evaluate(() => document.documentElement.lang), l, 'lang');
    seen.add(await page.textContent('#flows h2') + await page.textContent('#sentence'));
    const raw = await page.evaluate(() => [...document.querySelectorAll('[data-t]')].filter(e => e.textContent === e.dataset.t || !e.textContent).map(e => e.dataset.t));
    equal(raw.length, 0, 'raw keys: ' + raw);
  }
  equal(seen.size, 3, 'languages differ');
});

test('things are called by their name in the reader’s language', async () => {
  const battery = village.assets.find(a => a.class === 'battery');
  equal(battery.name, 'Battery', 'the API speaks English');
  for (const [l, name, village_] of [['az', battery.names.az, 'Ağalı'], ['ru', battery.names.ru, 'Агалы'], ['en', battery.name, 'Agali']]) {
    await page.selectOption('#lang', l);
    equal(await page.textContent('#village'), village_, 'the village');
    await page.click('#stores [data-key="battery"] .n');
    await page.waitForSelector('#drawer[open] .setpoint .name');
    equal(await page.textContent('#drawer .setpoint .name'), name, l);
    await page.keyboard.press('Escape');
  }
});

test('controls have names, landmarks are there', async () => {
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, select, input, [role=button]')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length || e.title)).map(e => e.outerHTML.slice(0, 80)));
  equal(nameless.length, 0, nameless.join());
  for (const tag of ['header', 'main', 'h1', 'aside']) ok(await page.$(tag), tag);
  const unlabelled = await page.evaluate(() => [...document.querySelectorAll('section, aside')].filter(s => !s.getAttribute('aria-label')).length);
  equal(unlabelled, 0, 'sections without a label');
});

test('words pass contrast 4.5 in light and dark', async () => {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme: scheme});
    const poor = await page.evaluate(() => {
      const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const rgb = c => { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); };
      const luminance = c => { const [r, g, b] = rgb(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
      const of = n => getComputedStyle(document.documentElement).getPropertyValue('--' + n).trim();
      return ['ink', 'soft', 'alarm', 'warn', 'good'].flatMap(f => ['card', 'paper'].map(b => [f, b, ratio(of(f), of(b))])).filter(([, , r]) => r < 4.5);
    });
    equal(poor.length, 0, scheme + ' ' + JSON.stringify(poor));
  }
  await page.emulateMedia({colorScheme: 'light'});
});

test('a phone 360 wide shows all without sideways scrolling', async () => {
  const phone = await open(360, 740, 'dark');
  await sleep(500);
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
  ok(wide <= 360, `${wide} px`);
  const order = await phone.evaluate(() => ['status', 'flows', 'day'].map(id => document.getElementById(id).getBoundingClientRect().top));
  ok(order[0] < order[1] && order[1] < order[2], 'state, flows, day in this order');
  await phone.context().close();
});

test('under 200 KB gzipped, nothing from elsewhere', async () => {
  const files = [...readdirSync(join(source, 'ui')).map(f => join(source, 'ui', f)), ...['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css', 'leaflet/dist/leaflet.js', 'leaflet/dist/leaflet.css'].map(f => join(source, 'node_modules', f))];
  const bytes = files.reduce((sum, f) => sum + gzipSync(readFileSync(f)).length, 0);
  console.log(`# ${bytes} bytes gzipped in ${files.length} files`);
  ok(bytes < 200e3, `${bytes} bytes`);
  equal(foreign.length, 0, 'foreign requests: ' + foreign);
});

test('a lost connection shows itself and heals', async () => {
  kend.kill('SIGSTOP');
  try {
    await page.waitForSelector('#status.lost', {timeout: 15000});
    ok(/\d/.test(await page.textContent('#live')), 'the age of the figures is told');
  } finally { kend.kill('SIGCONT'); }
  await page.waitForSelector('#status:not(.lost)', {timeout: 20000});
});

test('no complaint in the browser', async () => {
  equal(complaints.length, 0, complaints.slice(0, 3).join(' | '));
});

test('SIGTERM ends the program cleanly', async () => {
  await browser.close();
  kend.removeAllListeners('exit');
  const ended = new Promise(r => kend.once('exit', r));
  kend.kill('SIGTERM');
  equal(await Promise.race([ended, sleep(20000).then(() => 'still running')]), 0, 'exit');
});

if (!browserPath) {
  console.log('1..0 # SKIP no chromium here');
  process.exit(0);
}
let failed = 1;
try {
  const {chromium} = await import(join(source, 'node_modules/playwright-core/index.mjs'));
  link = await startKend();
  base = new URL(link).origin;
  token = link.split('token=')[1];
  await until('history', async () => (await api('/api/state').catch(() => ({}))).twin?.warm_frac === 1, 120);
  browser = await chromium.launch({executablePath: browserPath, args: flags});
  failed = await run();
} catch (e) {
  console.log('Bail out! ' + e.message);
} finally {
  await browser?.close().catch(() => {});
  if (kend && kend.exitCode == null) kend.kill('SIGKILL');
  rmSync(scratch, {recursive: true, force: true});
}
process.exit(failed ? 1 : 0);
