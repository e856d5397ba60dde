// The page put together: read the village once, then follow its live state; a slot pointed at shows everywhere.
import {$, answers, el, number} from './dom.js';
import {get, live, token, Refused} from './api.js';
import {startLanguage, setLanguage, translate, t} from './text.js';
import {clock, dayName, setOffset, shortDay} from './time.js';
import {figure, plain, setCurrency} from './number.js';
import {learnNames, nameOf} from './names.js';
import {Ribbon} from './ribbon.js';
import {Stores} from './stores.js';
import {Chart} from './chart.js';
import {VillageMap} from './map.js';
import {TryIt} from './tryit.js';
import {drawPlan} from './plan.js';
import {drawAlarms, drawOverrides} from './alarms.js';
import {piece, sentence, words} from './sentence.js';
import {act, asset, askPassword, tellDrawer, why} from './why.js';

const page = {state: null, slot: null, lost: null};

function drawStatus(s) {
  const now = page.lost != null ? {level: 'lost', nodes: [t('lost_sentence')]} : sentence(s, page.village);
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

// What was asked for, and what the machine makes of it where that is less.
function pace(twin) {
  if (!twin.on || twin.speed === 1) return '';
  return ` · ${plain(twin.speed, 5)}×` + (twin.achieved && twin.achieved < 0.9 * twin.speed ? ` (${t('reached', plain(twin.achieved, 2))})` : '');
}

function drawHead(s) {
  $('time').textContent = `${shortDay(s.at_ms)} ${clock(s.at_ms)}`;
  $('time').dateTime = new Date(s.at_ms).toISOString();
  $('time').title = dayName(s.at_ms);
  drawAir(s);
  const live = $('live'), warm = s.twin.warm_frac;
  const text = page.lost != null ? t('lost', figure(page.lost, 'age_s')) : warm < 1 ? warming(warm) : t('live') + pace(s.twin);
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
  drawPlan(s, page.chart.plan);
  page.map.update(s.map);
  drawClosed(s);
  page.chart.figures(s);
  page.tryit.update(s);
  document.body.classList.toggle('stale', page.lost != null);
}

function redrawWords() {
  translate(document);
  const name = nameOf(page.village.site.name);
  document.title = name + ' · kend';
  $('village').textContent = name;
  findThings(page.village);
  page.tryit.build();
  page.chart.words();
  page.map.legend();
  $('sentence').dataset.is = '';
  draw();
}

function onTap(e) {
  const hit = e.target.closest?.('[data-series]');
  if (!hit || !answers(hit.dataset.series) || (e.type === 'keydown' && e.key !== 'Enter' && e.key !== ' ')) return;
  e.preventDefault();
  const series = hit.dataset.series, name = Object.keys(page.state?.figures ?? {}).find(k => page.state.figures[k].s === series);
  why(series, name ? t(name) : series.startsWith('@price') ? t('price') : series.startsWith('@tariff') ? t('tariff') : series.startsWith('@plan') ? t('plan') : null);
}

// Everything on the map by name, for the keyboard and for screen readers.
function findThings(village) {
  $('things').replaceChildren(...village.assets.map(a => el('option', {value: a.name === a.id ? a.id : `${nameOf(a.name)} (${a.id})`})));
  $('find').onchange = e => {
    const wanted = e.target.value, hit = village.assets.find(a => wanted === a.id || wanted === a.name || wanted === nameOf(a.name) || wanted.endsWith(`(${a.id})`));
    if (!hit) return;
    e.target.value = '';
    asset(hit.id);
  };
}

async function begin() {
  const [village, state] = await Promise.all([get('api/village'), get('api/state')]);
  page.village = village;
  setOffset(village.site.offset_s);
  setCurrency(village.currency);
  learnNames(village);
  page.ribbon = new Ribbon($('ribbon'));
  page.stores = new Stores($('stores'));
  page.chart = new Chart($('chart'), $('price'), slot => { page.slot = slot; if (page.state) drawFlows(page.state); });
  page.tryit = new TryIt($('try'), village);
  page.map = new VillageMap($('map'), village, asset);
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
