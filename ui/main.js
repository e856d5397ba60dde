// The page put together: read the village once, then follow its live state; a slot pointed at shows everywhere.
import {$, el, number} from './dom.js';
import {get, live, token, Refused} from './api.js';
import {startLanguage, setLanguage, translate, t} from './text.js';
import {clock, dayName, setOffset, shortDay} from './time.js';
import {figure, plain} from './number.js';
import {Ribbon} from './ribbon.js';
import {Stores} from './stores.js';
import {Chart} from './chart.js';
import {VillageMap} from './map.js';
import {TryIt} from './tryit.js';
import {drawPlan} from './plan.js';
import {drawAlarms, drawOverrides, alarmWords} from './alarms.js';
import {act, asset, askPassword, tellDrawer, why} from './why.js';

const page = {state: null, slot: null, lost: null};

function words(parts) { // sentence pieces: text and numbers, "{0}" replaced by a live number
  return parts.flatMap(([text, node]) => {
    const [before, after] = text.split('\u0001');
    return node ? [before, node, after ?? ''] : [text];
  });
}
const piece = (key, node) => [t(key, '\u0001'), node];

// A sensor or two of the many that is silent for a while is no headline; five at once are.
const many = new Set(['home', 'street', 'bin']), sensing = new Set(['silent', 'reading_bad', 'reading_old', 'reading_stuck']);
function common(a, s) {
  const small = x => sensing.has(x.name) && many.has(page.village.assets.find(v => v.id === x.asset)?.class);
  return small(a) && s.alarms.filter(x => x.active && x.name === a.name && small(x)).length < 5;
}

// No grid: lost, or none was ever there.
function islandWords(s, own, lost) {
  const battery = s.gauges.find(g => g.key === 'battery');
  const parts = lost ? [piece('island', own)] : [[t('well') + '; '], piece('own', own)];
  if (battery) parts.push(['; '], piece('island_battery', number(battery.v, battery.u, battery.s)));
  return words([...parts, ['.']]);
}

function sentence(s) {
  const f = s.figures, W = key => f[key]?.v ?? 0, own = ['river', 'sun'].filter(k => f[k]);
  const fromOwn = number(own.reduce((a, k) => a + W(k), 0), 'elec_W', own.map(k => f[k].s).join(' + '));
  const active = s.alarms.filter(a => a.active && !common(a, s)).sort((a, b) => b.level - a.level || b.since_ms - a.since_ms), worst = active[0];
  const given = Object.entries(s.figures).filter(([k, g]) => g.side === 'source' && k !== 'grid_in');
  const all = number(given.reduce((a, [, g]) => a + (g.v ?? 0), 0), 'elec_W', given.map(([, g]) => g.s).join(' + '));
  if (s.island && active.some(a => a.name === 'island')) return {level: 'urgent', nodes: islandWords(s, all, true)};
  if (worst?.level === 2) return {level: 'urgent', nodes: [alarmWords(worst)]};
  if (s.island && (!worst || worst.level === 0 || worst.ack_ms)) return {level: 'well', nodes: islandWords(s, all, false)};
  const grid = W('grid_out') > 500 ? piece('sold', number(W('grid_out'), 'elec_W', f.grid_out.s))
    : W('grid_in') > 500 ? piece('bought', number(W('grid_in'), 'elec_W', f.grid_in.s)) : [t('balanced')];
  const lead = worst?.level === 1 && !worst.ack_ms ? 'look' : 'well';
  const origin = W('sun') < 500 ? 'from_river' : W('river') < 500 ? 'from_sun' : 'from';
  const tail = lead === 'look' ? [[': '], [alarmWords(worst)]] : [['; '], piece(origin, fromOwn), [', '], grid, ['.']];
  return {level: lead === 'look' ? 'warning' : 'well', nodes: words([[t(lead)], ...tail])};
}

function drawStatus(s) {
  const now = page.lost != null ? {level: 'lost', nodes: [t('lost_sentence')]} : sentence(s);
  $('status').className = now.level;
  const same = now.nodes.map(n => n.textContent ?? n).join('') + now.level;
  if ($('sentence').dataset.is === same) return;
  $('sentence').dataset.is = same;
  $('sentence').replaceChildren(...now.nodes);
}

function drawAir(s) {
  const put = key => s.figures[key]?.v == null ? null : piece(key, number(s.figures[key].v, 'temp_degC', s.figures[key].s));
  const parts = ['outside', 'home_mean', 'home_min'].map(put).filter(Boolean);
  $('weather').replaceChildren(...words(parts.flatMap((p, i) => i ? [[' · '], p] : [p])));
}

// How far the days behind are and how long they will still take, from what was seen since the page opened.
const coarse = s => s > 90 ? Math.ceil(s / 60) * 60 : Math.ceil(s / 5) * 5;
function warming(frac) {
  const percent = plain(Math.floor(frac * 100)) + '\u00a0%';
  page.warm ??= {frac, at: Date.now()};
  const gained = frac - page.warm.frac, seconds = (Date.now() - page.warm.at) / 1000;
  return gained > 0.005 ? t('warming_left', percent, figure(coarse((1 - frac) / gained * seconds), 'left_s')) : t('warming', percent);
}

function drawHead(s) {
  $('time').textContent = `${shortDay(s.at_ms)} ${clock(s.at_ms)}`;
  $('time').dateTime = new Date(s.at_ms).toISOString();
  $('time').title = dayName(s.at_ms);
  drawAir(s);
  const live = $('live'), warm = s.twin.warm_frac;
  const text = page.lost != null ? t('lost', figure(page.lost, 'age_s')) : warm < 1 ? warming(warm) : t('live') + (s.twin.on && s.twin.speed !== 1 ? ' · ' + plain(s.twin.speed, 5) + '×' : '');
  if (live.textContent !== text) live.textContent = text;
  live.className = page.lost != null ? 'lost' : 'on';
}

function drawFlows(s) {
  const slot = page.slot;
  const figures = slot ? Object.fromEntries(Object.entries(s.figures).map(([k, f]) => [k, {...f, v: slot.figures[k] ?? null}])) : s.figures;
  page.ribbon.draw(figures, slot?.planned);
  page.stores.draw(s.gauges, slot?.levels);
  $('when').textContent = slot ? `${t('flows_at', clock(slot.at_ms))} · ${t(slot.planned ? 'planned' : 'measured')}` : '';
  $('flows').classList.toggle('pointed', !!slot);
}

// A find closes land while the village runs: the map shows it as soon as the alarm does.
async function drawClosed(s) {
  const on = s.alarms.some(a => a.name === 'land' && a.active);
  if (page.landOn === on && !(on && s.at_ms - page.landAt > 30000)) return;
  page.landOn = on;
  page.landAt = s.at_ms;
  const land = await get('api/land').catch(() => null);
  if (land) page.map.close(Object.fromEntries(land.closed.map(p => [p.id, p.state])));
}

function draw() {
  const s = page.state;
  if (!s) return;
  tellDrawer(s.at_ms, page.village);
  drawHead(s);
  drawStatus(s);
  drawFlows(s);
  drawAlarms(s, act);
  drawOverrides(s, page.village, act);
  drawPlan(s, page.chart.plan, page.village.currency);
  page.map.update(s.map);
  drawClosed(s);
  page.chart.figures(s);
  page.tryit.update(s);
  document.body.classList.toggle('stale', page.lost != null);
}

function redrawWords() {
  translate(document);
  page.tryit.build();
  page.chart.words();
  page.map.legend();
  $('sentence').dataset.is = '';
  draw();
}

function onTap(e) {
  const hit = e.target.closest?.('[data-series]');
  if (!hit || (e.type === 'keydown' && e.key !== 'Enter' && e.key !== ' ')) return;
  e.preventDefault();
  const series = hit.dataset.series, name = Object.keys(page.state?.figures ?? {}).find(k => page.state.figures[k].s === series);
  why(series, name ? t(name) : null);
}

// Everything on the map by name, for the keyboard and for screen readers.
function findThings(village) {
  $('things').replaceChildren(...village.assets.map(a => el('option', {value: a.name === a.id ? a.id : `${a.name} (${a.id})`})));
  $('find').onchange = e => {
    const wanted = e.target.value, hit = village.assets.find(a => wanted === a.id || wanted === a.name || wanted.endsWith(`(${a.id})`));
    if (!hit) return;
    e.target.value = '';
    asset(hit.id);
  };
}

async function begin() {
  const [village, state] = await Promise.all([get('api/village'), get('api/state')]);
  page.village = village;
  setOffset(village.site.offset_s);
  document.title = village.site.name + ' · kend';
  $('village').textContent = village.site.name;
  page.ribbon = new Ribbon($('ribbon'));
  page.stores = new Stores($('stores'));
  page.chart = new Chart($('chart'), $('price'), slot => { page.slot = slot; if (page.state) drawFlows(page.state); });
  page.chart.currency = village.currency;
  page.tryit = new TryIt($('try'), village);
  page.map = new VillageMap($('map'), village, asset);
  findThings(village);
  page.state = state;
  draw();
  redrawWords();
  live(s => {
    if (s.village !== page.village.version) return location.reload(); // the village file was read again
    page.state = {...s, map: s.map ?? page.state.map};
    draw();
  }, silent => {
    if (silent == null && page.lost == null) return;
    page.lost = silent;
    draw();
  });
  document.body.classList.add('ready');
}

async function start() {
  token();
  $('lang').value = startLanguage();
  $('lang').onchange = e => { setLanguage(e.target.value); redrawWords(); };
  translate(document);
  $('live').textContent = t('starting');
  document.addEventListener('click', onTap);
  document.addEventListener('keydown', onTap);
  for (;;) {
    try { return await begin(); } catch (e) {
      if (e instanceof Refused && e.status === 401) return askPassword(start);
      if (!(e instanceof Refused) && !(e instanceof TypeError)) throw e;
      $('live').textContent = e.message;
      await new Promise(r => setTimeout(r, 1000));
    }
  }
}
start();
