// Try it (twin only): one tap, one plain sentence within two seconds; the clock's speed; three ways of running side by side.
import {$, el, svg, number} from './dom.js';
import {get, post} from './api.js';
import {figure, plain} from './number.js';
import {t, has, language} from './text.js';
import {clockOf} from './time.js';
import {act} from './why.js';

const actions = ['grid_out', 'screw_stop', 'cold_wave', 'dry_river', 'cloud_front'];
const needs = {grid_out: 'grid', screw_stop: 'hydro', dry_river: 'hydro', cloud_front: 'solar'};
const speeds = [1, 10, 60, 600, 3600, 10000];
let at_ms = 0, currency = '';

// English comes as the server said it; other languages are put together from the same numbers.
function sentence(a) {
  const key = 'answer_' + a.key.replace('.', '_');
  if (language() === 'en' || !has(key)) return a.text;
  if (a.num.length < 4) return t(key, ...a.num.map((n, i) => a.unit[i] ? figure(n, a.unit[i]) : plain(n, 5)));
  const [made, used, grid, shed] = a.num;
  const meter = grid > 500 ? t('bought', figure(grid, '_W')) : grid < -500 ? t('sold', figure(-grid, '_W')) : t('balanced');
  return t('answer_power', t(key), figure(made, '_W'), figure(used, '_W'), meter, shed ? t('answer_shed', plain(shed)) : t('answer_calm'));
}

export class TryIt {
  constructor(host, village) {
    this.host = host;
    currency = village.currency;
    this.classes = new Set(village.assets.map(a => a.class));
    this.build();
  }
  build() {
    this.button = Object.fromEntries(actions.map(a => [a, el('button', {type: 'button', 'aria-pressed': 'false', onclick: () => this.tryOne(a)}, t('try_' + a))]));
    this.clear = el('button', {type: 'button', class: 'quiet', onclick: () => this.tryOne('clear')}, t('try_clear'));
    this.speed = el('select', {id: 'speed', onchange: () => this.send('speed', +this.speed.value)}, speeds.map(s => el('option', {value: s}, plain(s, 5) + '×')));
    this.controller = el('select', {id: 'controller', onchange: () => this.send('controller', +this.controller.value)}, ['rules', 'separate', 'joint'].map((c, i) => el('option', {value: i}, t(c))));
    this.said = el('p', {id: 'said', role: 'status', 'aria-live': 'polite'}, this.last ? sentence(this.last) : t('try_note'));
    this.host.replaceChildren(el('h2', {}, t('try')), el('div', {class: 'buttons'}, actions.filter(a => !needs[a] || this.classes.has(needs[a])).map(a => this.button[a]), this.clear),
      el('div', {class: 'knobs'}, el('label', {for: 'speed', class: 'hidden'}, t('speed')), this.speed, el('label', {for: 'controller', class: 'hidden'}, t('controller')), this.controller,
        el('button', {type: 'button', onclick: () => this.compare()}, t('compare'))), this.said);
  }
  update(state) {
    at_ms = state.at_ms;
    this.host.hidden = !state.twin.try;
    document.body.classList.toggle('trying', !!state.twin.try);
    this.on = new Map(state.twin.faults.map(f => [f.action, f.until_ms]));
    for (const a of actions) {
      const until = this.on.get(a);
      this.button[a].setAttribute('aria-pressed', until ? 'true' : 'false');
      this.button[a].title = until ? t('until', clockOf(until, at_ms)) : '';
    }
    this.clear.hidden = this.on.size === 0;
    if (document.activeElement !== this.speed) this.pick(this.speed, state.twin.speed);
    if (document.activeElement !== this.controller) this.controller.value = ['rules', 'separate', 'joint'].indexOf(state.controller);
  }
  pick(select, value) {
    const near = speeds.reduce((a, b) => Math.abs(Math.log(b / value)) < Math.abs(Math.log(a / value)) ? b : a);
    select.value = near;
  }
  tryOne(action) { this.send(action, this.on?.has(action) ? 0 : 1); }
  send(action, value) {
    this.said.textContent = t('working');
    act(() => post('api/try', {action, value}), a => { this.last = a; this.said.textContent = sentence(a); }, e => { this.said.textContent = e.message; });
  }
  compare() {
    const d = $('drawer'), body = el('div', {class: 'compare'});
    d.replaceChildren(el('div', {class: 'drawerhead'}, el('h2', {id: 'drawertitle'}, t('compare_title')), el('button', {type: 'button', class: 'quiet', 'aria-label': t('close'), onclick: () => d.close()}, '×')), body);
    if (!d.open) d.showModal();
    act(() => post('api/compare', {}), k => { this.last = null; this.said.textContent = t('compare_begun'); this.follow(k, body); }, e => body.replaceChildren(el('p', {class: 'refused'}, e.message)));
  }
  async follow(k, body) {
    body.replaceChildren(...this.compared(k));
    while (k.running && body.isConnected && $('drawer').open) {
      await new Promise(r => setTimeout(r, 500));
      try { k = await get('api/compare'); } catch { continue; }
      body.replaceChildren(...this.compared(k));
    }
  }
  compared(k) {
    const bar = el('progress', {max: 1, value: k.done_frac ?? 0, 'aria-label': t('working')});
    const columns = [['money', r => number(r.money, 'money', null).textContent + ' ' + currency], ['comfort', r => figure(r.unmet_K_h, 'unmet_K_h')], ['import', r => figure(r.import_Wh, 'import_Wh')],
      ['export', r => figure(r.export_Wh, 'export_Wh')], ['curtailed', r => figure(r.curtailed_Wh, 'curtailed_Wh')], ['peak', r => figure(r.peak_W, 'peak_W')]];
    const most = Math.max(...k.rows.map(r => Math.abs(r.money)), 1e-9);
    const head = el('tr', {}, el('th', {scope: 'col'}, ''), k.rows.map(r => el('th', {scope: 'col'}, t(r.controller))));
    const lines = columns.map(([name, of]) => el('tr', {}, el('th', {scope: 'row'}, t(name)), k.rows.map(r => el('td', {}, of(r), name === 'money' ? meter(r.money, most) : null))));
    return [k.running ? soFar(k) : conclusion(k.rows), diverging(k), el('p', {class: 'note'}, t('compare_note', clockOf(k.from_ms, at_ms), clockOf(k.until_ms, at_ms))),
      k.running ? el('p', {}, bar, ' ', k.left_s == null ? t('working') : t('left', plain(Math.ceil(k.left_s)))) : null,
      k.rows.length ? el('table', {}, el('thead', {}, head), el('tbody', {}, lines)) : null].filter(Boolean);
  }
}
// Before the end: what the hours already run say, in one sentence.
function soFar(k) {
  const [rules, , joint] = k.lines, h = k.hours;
  if (!h) return null;
  const less = rules.money[h] - joint.money[h], colder = joint.unmet_K_h[h] - rules.unmet_K_h[h];
  const money = plain(Math.abs(Math.round(less * 100) / 100)) + '\u00a0' + currency;
  const warmth = colder <= 0.01 * rules.unmet_K_h[h] + 0.05 ? t('as_warm') : t('less_warm', figure(colder, '_K_h'));
  return el('p', {class: 'concluded', role: 'status'}, t(less >= 0 ? 'so_far_less' : 'so_far_more', plain(h), money, warmth));
}
// Two small plots: what has been paid at the meter, and what warmth was missing, hour by hour; the three ways told apart by their stroke.
const strokes = {rules: '2 3', separate: '7 3', joint: null};
function diverging(k) {
  if (!k.hours) return null;
  const money = v => plain(Math.round(v * 100) / 100) + '\u00a0' + currency;
  return el('div', {class: 'pair'}, plot(k, 'money', t('paid_so_far'), money), plot(k, 'unmet_K_h', t('comfort'), v => figure(v, '_K_h')));
}
function plot(k, key, title, words) {
  const W = 320, H = 120, right = 84, n = 24, values = k.lines.flatMap(l => l[key]);
  const low = Math.min(0, ...values), high = Math.max(...values, low + 1e-6);
  const x = h => h / n * (W - right), y = v => H - 6 - (v - low) / (high - low) * (H - 16);
  const ends = k.lines.map(l => ({l, v: l[key][k.hours], at: y(l[key][k.hours])})).sort((a, b) => a.at - b.at);
  ends.forEach((e, i) => { if (i) e.at = Math.max(e.at, ends[i - 1].at + 12); }); // labels keep clear of each other
  const shift = Math.min(0, H - 4 - ends.at(-1).at);
  return el('figure', {class: 'diverging'}, el('figcaption', {}, title),
    svg('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': title + ': ' + ends.map(e => `${t(e.l.controller)} ${words(e.v)}`).join(', ')},
      svg('line', {class: 'zero', x1: 0, x2: x(n), y1: y(0), y2: y(0)}),
      ...k.lines.map(l => svg('polyline', {class: 'way ' + l.controller, 'stroke-dasharray': strokes[l.controller], points: l[key].map((v, h) => `${x(h).toFixed(1)},${y(v).toFixed(1)}`).join(' ')})),
      ...ends.map(e => svg('text', {class: 'way ' + e.l.controller, x: x(k.hours) + 4, y: e.at + shift + 3}, `${t(e.l.controller)} ${words(e.v)}`))));
}
// What the three columns say, in one sentence.
function conclusion(rows) {
  const [rules, separate, joint] = ['rules', 'separate', 'joint'].map(c => rows.find(r => r.controller === c));
  if (!rules || !separate || !joint) return null;
  const money = v => plain(Math.round(v * 100) / 100) + '\u00a0' + currency, colder = joint.unmet_K_h - rules.unmet_K_h;
  const warmth = colder <= 0.01 * rules.unmet_K_h + 0.05 ? t('as_warm') : t('less_warm', figure(colder, '_K_h'));
  const less = [rules.money - joint.money, separate.money - joint.money];
  return el('p', {class: 'concluded', role: 'status'}, less.every(v => v > 0) ? t('compare_less', ...less.map(money), warmth)
    : t('compare_plain', money(joint.money), money(separate.money), money(rules.money), warmth));
}
function meter(value, most) {
  const m = el('span', {class: 'meter', 'aria-hidden': 'true'}, el('span'));
  m.firstChild.style.inlineSize = Math.max(Math.abs(value) / most * 100, 1) + '%';
  if (value < 0) m.classList.add('earned');
  return m;
}
