// Try it (twin only): one tap, one plain sentence within two seconds; the clock's speed; three ways of running side by side.
import {$, el, svg, instant, number, tagged} from './dom.js';
import {get, post} from './api.js';
import {figure, plain} from './number.js';
import {t, has, pieces} from './text.js';
import {clockOf} from './time.js';
import {act} from './why.js';

const actions = ['grid_out', 'screw_stop', 'cold_wave', 'dry_river', 'cloud_front'];
const needs = {grid_out: 'grid', screw_stop: 'hydro', dry_river: 'hydro', cloud_front: 'solar'};
const speeds = [1, 10, 60, 600, 3600, 10000];
let at_ms = 0;

// The clauses of an answer in the reader's language; every number says what it is.
const said = n => n.u === 'at_ms' ? instant(n.v, clockOf(n.v, at_ms)) : number(n.v, n.u, n.s);
function sentence(a) {
  if (!a.clauses?.length || !a.clauses.every(c => has('say_' + c.key))) return [a.text];
  return [...a.clauses.flatMap((c, i) => [i ? '; ' : '', ...pieces('say_' + c.key, ...c.num.map(said))]), '.'];
}

export class TryIt {
  constructor(host, village) {
    this.host = host;
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
    act(() => post('api/try', {action, value}), a => { this.last = a; this.said.replaceChildren(...sentence(a)); }, e => { this.said.textContent = e.message; });
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
    const most = Math.max(...k.rows.map(r => Math.abs(r.money)), 1e-9);
    const head = el('tr', {}, el('th', {scope: 'col'}, ''), k.rows.map(r => el('th', {scope: 'col'}, t(r.controller))));
    const lines = columns.map(([name, key]) => el('tr', {}, el('th', {scope: 'row'}, t(name)), k.rows.map(r => el('td', {}, number(r[key], key, `@compare.${r.controller}.${key}`), name === 'money' ? meter(r.money, most) : null))));
    const paid = k.paid_peak_W > 0 ? el('tr', {}, el('th', {scope: 'row', class: 'wrap', colspan: k.rows.length}, t('paid_peak'), el('span', {class: 'note'}, t('peak_note'))), el('td', {}, number(k.paid_peak_W, 'paid_W', 'sum(@grid.x.peak_W)'))) : null;
    return [k.running ? soFar(k) : conclusion(k.rows), diverging(k), el('p', {class: 'note'}, pieces('compare_note', instant(k.from_ms, clockOf(k.from_ms, at_ms)), instant(k.until_ms, clockOf(k.until_ms, at_ms)))),
      k.running ? el('p', {}, bar, ' ', k.left_s == null ? t('working') : pieces('left', tagged(plain(Math.ceil(k.left_s)), '@compare.left_s'))) : null,
      k.rows.length ? el('table', {}, el('thead', {}, head), el('tbody', {}, lines, paid)) : null].filter(Boolean);
  }
}
const columns = [['money', 'money'], ['comfort', 'unmet_K_h'], ['import', 'import_Wh'], ['export', 'export_Wh'], ['curtailed', 'curtailed_Wh'], ['peak', 'peak_W']];
const price = (v, id) => number(v, 'money', id);
const warmth = (colder, rules) => colder <= 0.01 * rules + 0.05 ? [t('as_warm')] : pieces('less_warm', number(colder, '_K_h', '@compare.joint.colder'));
const woven = (key, nodes, last) => pieces(key, ...nodes, '\u0001').flatMap(p => p === '\u0001' ? last : [p]);

// Before the end: what the hours already run say, in one sentence.
function soFar(k) {
  const [rules, , joint] = k.lines, h = k.hours;
  if (!h) return null;
  const less = rules.money[h] - joint.money[h], colder = joint.unmet_K_h[h] - rules.unmet_K_h[h];
  return el('p', {class: 'concluded', role: 'status'}, woven(less >= 0 ? 'so_far_less' : 'so_far_more', [tagged(plain(h), '@compare.hours'), price(Math.abs(less), '@compare.joint.less')], warmth(colder, rules.unmet_K_h[h])));
}
// Two small plots: what has been paid at the meter, and what warmth was missing, hour by hour; the three ways told apart by their stroke.
const strokes = {rules: '2 3', separate: '7 3', joint: null};
function diverging(k) {
  if (!k.hours) return null;
  return el('div', {class: 'pair'}, plot(k, 'money', t('paid_so_far')), plot(k, 'unmet_K_h', t('comfort')));
}
function plot(k, key, title) {
  const label = (l, v) => `${t(l.controller)} ${figure(v, key)}`, last = k.lines.map(l => label(l, l[key][k.hours]));
  const W = 320, H = 92, right = 10 + 5.6 * Math.max(...last.map(w => w.length)), n = 24, values = k.lines.flatMap(l => l[key]);
  const low = Math.min(0, ...values), high = Math.max(...values, low + 1e-6);
  const x = h => h / n * (W - right), y = v => H - 6 - (v - low) / (high - low) * (H - 16);
  const ends = k.lines.map(l => ({l, v: l[key][k.hours], at: y(l[key][k.hours])})).sort((a, b) => a.at - b.at);
  ends.forEach((e, i) => { if (i) e.at = Math.max(e.at, ends[i - 1].at + 12); }); // labels keep clear of each other
  const shift = Math.min(0, H - 4 - ends.at(-1).at);
  return el('figure', {class: 'diverging'}, el('figcaption', {}, title),
    svg('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': title + ': ' + last.join(', ')},
      svg('line', {class: 'zero', x1: 0, x2: x(n), y1: y(0), y2: y(0)}),
      ...k.lines.map(l => svg('polyline', {class: 'way ' + l.controller, 'stroke-dasharray': strokes[l.controller], points: l[key].map((v, h) => `${x(h).toFixed(1)},${y(v).toFixed(1)}`).join(' ')})),
      ...ends.map(e => svg('text', {class: 'way ' + e.l.controller, 'data-series': `@compare.${e.l.controller}.lines.${key}`, x: x(k.hours) + 4, y: e.at + shift + 3}, label(e.l, e.v)))));
}
// What the three columns say, in one sentence.
function conclusion(rows) {
  const [rules, separate, joint] = ['rules', 'separate', 'joint'].map(c => rows.find(r => r.controller === c));
  if (!rules || !separate || !joint) return null;
  const warm = warmth(joint.unmet_K_h - rules.unmet_K_h, rules.unmet_K_h);
  const less = [price(rules.money - joint.money, '@compare.joint.less'), price(separate.money - joint.money, '@compare.joint.less_separate')];
  const cheaper = rules.money > joint.money && separate.money > joint.money;
  return el('p', {class: 'concluded', role: 'status'}, cheaper ? woven('compare_less', less, warm)
    : woven('compare_plain', [joint, separate, rules].map(r => price(r.money, `@compare.${r.controller}.money`)), warm));
}
function meter(value, most) {
  const m = el('span', {class: 'meter', 'aria-hidden': 'true'}, el('span'));
  m.firstChild.style.inlineSize = Math.max(Math.abs(value) / most * 100, 1) + '%';
  if (value < 0) m.classList.add('earned');
  return m;
}
