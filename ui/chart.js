// The day: what happened solid, what is planned lighter, a line for now; below it the village's price slot by slot. Sources are
// stacked, use is a line: what lies above the line is sold or stored. Live it shows 24 hours around now; days behind can be browsed.
import {$, colour, el, instant, number} from './dom.js';
import {get} from './api.js';
import {plain, symbolOf} from './number.js';
import {t, pieces} from './text.js';
import {clock, dayName, dayStart} from './time.js';

const SLOT = 900e3, DAY = 864e5, DAYS_BACK = 7;
const stack = ['river', 'sun', 'gas', 'battery_out', 'grid_in'];
const used = ['homes', 'services', 'light', 'water', 'farm', 'plant', 'losses'];
const all = [...stack, ...used, 'battery_in', 'grid_out'];

function mix(a, share) {
  return `color-mix(in srgb, ${a} ${share}%, ${colour('card')})`;
}
function resolved(text) { // canvas wants a plain colour
  const probe = el('i');
  probe.style.color = text;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

// A slot of shortage is worth tens of tariffs; beside it all others would be a line. The strip ends at three tariffs, bars that go on are broken.
export function priceTop(slots) {
  const tariff = Math.max(...slots.map(s => s.buy ?? 0)), values = slots.flatMap(s => [s.price, s.buy]).filter(v => v > 0);
  const top = Math.max(...values, 1e-6);
  if (tariff > 0) return Math.min(top, 3 * tariff);
  const usual = values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return usual > 0 ? Math.min(top, 3 * usual) : top;
}

export class Chart {
  // pointed(slot or null): {at_ms, planned, figures: {key: W}, levels: {series: value}}
  constructor(host, priceHost, pointed) {
    Object.assign(this, {host, priceHost, pointed, past: new Map(), day: null, plan: null, seen: 0});
    new ResizeObserver(() => this.plot && this.plot.setSize(this.size())).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.remake());
    host.tabIndex = 0;
    host.addEventListener('keydown', e => this.onKey(e));
    $('earlier').onclick = () => this.browse(-1);
    $('later').onclick = () => this.browse(1);
    $('today').onclick = () => { this.day = null; this.load(true); };
    this.canvas = el('canvas', {role: 'img'});
    this.priceWord = el('p', {class: 'note'});
    priceHost.append(this.priceWord, this.canvas);
    this.canvas.addEventListener('pointermove', e => this.pointAt(e.offsetX));
    this.canvas.addEventListener('pointerleave', () => this.leave());
  }
  size() { return {width: this.host.clientWidth, height: this.host.clientHeight || 220}; }
  span() { // first and last millisecond shown, whole slots
    if (this.day != null) return [this.day, this.day + DAY];
    const now = Math.floor(this.now / SLOT) * SLOT;
    return [now - DAY / 2, now + DAY / 2];
  }
  browse(step) {
    const today = dayStart(this.now), next = (this.day ?? today) + step * DAY;
    const first = today - DAYS_BACK * DAY;
    this.day = next > today ? null : Math.max(first, next);
    this.load(true);
  }
  figures(state) { // called with every state; reads again when a slot is over or the plan is new
    this.expressions = Object.fromEntries(all.filter(k => state.figures[k]).map(k => [k, state.figures[k].s]));
    this.gauges = state.gauges.map(g => g.s);
    this.now = state.at_ms;
    const stamp = Math.floor(state.at_ms / SLOT) + ':' + (state.plan?.id ?? 0) + ':' + Math.floor((state.twin.warm_frac ?? 1) * 20);
    if (stamp !== this.stamp && Date.now() - this.seen > 900) {
      this.stamp = stamp;
      this.load();
    } else if (this.plot && this.day == null) {
      this.plot.redraw(false, false);
    }
  }
  async load(again) {
    if (this.busy || !this.expressions) { this.pending = true; return; }
    this.busy = true;
    this.seen = Date.now();
    try {
      await this.read(again);
      this.remake();
      this.planned?.(this.plan);
    } catch (e) {
      if (!this.plot) this.host.textContent = e.message;
    }
    this.busy = false;
    if (this.pending) { this.pending = false; this.load(); }
  }
  async read() {
    const [from, until] = this.span(), keys = Object.keys(this.expressions), stop = Math.min(until, Math.floor(this.now / SLOT) * SLOT);
    const ids = [...keys.map(k => this.expressions[k]), ...this.gauges];
    const [series, plan, prices] = await Promise.all([
      stop > from ? get('api/series', {id: ids.join(';'), from, to: stop, step: SLOT}) : {series: [], n: 0},
      get('api/plan'), get('api/prices', {from, to: until}).catch(() => ({slots: []}))]);
    const n = Math.round((until - from) / SLOT);
    this.slots = Array.from({length: n}, (_, i) => ({at_ms: from + i * SLOT, planned: from + i * SLOT >= stop, figures: {}, levels: {}}));
    series.series.forEach((s, i) => s.v.forEach((v, k) => {
      if (!this.slots[k]) return;
      if (i < keys.length) this.slots[k].figures[keys[i]] = v;
      else this.slots[k].levels[s.s] = v;
    }));
    this.takePlan(plan.plan, from, stop);
    for (const p of prices.slots) {
      const s = this.slots[Math.round((p.at_ms - from) / SLOT)];
      if (s) Object.assign(s, {buy: p.buy, sell: p.sell, price: s.price ?? p.price});
    }
  }
  takePlan(plan, from, stop) {
    this.plan = plan;
    if (!plan) return;
    for (let i = 0; i < plan.price.length; i++) {
      for (let at = Math.floor(plan.start_ms[i] / SLOT) * SLOT; at < plan.start_ms[i + 1]; at += SLOT) {
        const s = this.slots[Math.round((at - from) / SLOT)];
        if (!s || at < from) continue;
        if (plan.price[i] != null) s.price = plan.price[i];
        if (at < stop) continue;
        for (const k of Object.keys(plan.figures)) s.figures[k] = plan.figures[k][i];
        for (const k of Object.keys(plan.levels)) s.levels[k] = plan.levels[k][i];
      }
    }
  }
  columns() { // stacked from the top layer down, past and plan apart
    const x = [...this.slots.map(s => s.at_ms / 1000), this.span()[1] / 1000], n = this.slots.length;
    // A stepped line ends where its last slot ends: the next point repeats the value.
    const part = (values, planned) => x.map((_, t) => {
      const here = t < n && this.slots[t].planned === planned ? values[t] : null;
      return here ?? (t > 0 && this.slots[t - 1].planned === planned ? values[t - 1] : null);
    });
    const layers = stack.filter(k => k in this.expressions);
    const height = this.slots.map(s => { let sum = 0; return layers.map(k => s.figures[k] == null ? null : (sum += s.figures[k]) / 1000); });
    const use = this.slots.map(s => s.figures.homes == null ? null : used.reduce((a, k) => a + (s.figures[k] ?? 0), 0) / 1000);
    const data = [x], names = [];
    for (let i = layers.length - 1; i >= 0; i--) {
      for (const planned of [false, true]) {
        data.push(part(height.map(h => h[i]), planned));
        names.push({key: layers[i], planned});
      }
    }
    for (const planned of [false, true]) {
      data.push(part(use, planned));
      names.push({key: 'use', planned});
    }
    return {data, names};
  }
  remake() {
    if (!this.slots) return;
    const {data, names} = this.columns();
    const ink = colour('ink'), faint = colour('line'), soft = colour('soft');
    const stepped = uPlot.paths.stepped({align: 1});
    const series = [{}, ...names.map(({key, planned}) => key === 'use'
      ? {stroke: resolved(planned ? mix(ink, 45) : ink), width: planned ? 1.25 : 1.75, dash: planned ? [5, 4] : undefined, paths: stepped, points: {show: false}}
      : {fill: resolved(mix(colour(key.replace(/_(in|out)$/, '')), planned ? 34 : 82)), width: 0, paths: stepped, points: {show: false}})];
    const font = '12px system-ui, sans-serif', [from, until] = this.span();
    const options = {...this.size(), series, legend: {show: false}, padding: [10, 8, 0, 0], ms: 1e-3,
      cursor: {y: false, points: {show: false}, drag: {x: false, y: false}},
      scales: {x: {time: false, range: () => [from / 1000, until / 1000]}, y: {range: (u, lo, hi) => [0, Math.max(hi * 1.06, 10)]}},
      axes: [{stroke: soft, font, grid: {show: false}, ticks: {stroke: faint, size: 4}, size: 26, splits: () => this.hours(from, until), values: (u, s) => s.map(v => clock(v * 1000))},
        {stroke: soft, font, grid: {stroke: faint, width: 1}, ticks: {show: false}, size: (u, values) => Math.max(52, 10 + 7 * Math.max(0, ...(values ?? []).map(v => v.length))), splits: undefined, values: (u, s) => s.map((v, i) => plain(v) + (i === s.length - 1 ? ' ' + symbolOf('kW') : ''))}],
      hooks: {draw: [u => this.drawNow(u), u => this.follow(u)], setCursor: [u => this.onCursor(u)]}};
    this.host.setAttribute('aria-label', t('day'));
    this.plot?.destroy();
    this.plot = new uPlot(options, data, this.host);
    this.drawPrice();
    $('dayname').textContent = this.day == null ? t('around_now') : dayName(this.day);
    $('later').disabled = this.day == null;
    $('today').disabled = this.day == null;
    $('earlier').disabled = this.day != null && this.day <= dayStart(this.now) - DAYS_BACK * DAY;
  }
  hours(from, until) {
    const every = (this.host.clientWidth < 480 ? 6 : 3) * 3600e3, out = [];
    for (let at = dayStart(from); at < until; at += every) if (at >= from) out.push(at / 1000);
    return out;
  }
  drawNow(u) {
    if (this.day != null && this.day !== dayStart(this.now)) return;
    const x = Math.round(u.valToPos(this.now / 1000, 'x', true));
    const {ctx, bbox} = u, ratio = devicePixelRatio;
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = colour('ink');
    ctx.lineWidth = ratio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 6 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = colour('ink');
    ctx.beginPath();
    ctx.arc(x, bbox.top - 6 * ratio, 2.5 * ratio, 0, 7);
    ctx.fill();
    ctx.restore();
  }
  follow(u) { // the axis takes the room its words need: the strip below begins where the plot does
    const place = [u.bbox.left, u.bbox.width].join();
    if (this.plot !== u || place === this.place) return;
    this.drawPrice();
  }
  drawPrice() {
    this.place = [this.plot.bbox.left, this.plot.bbox.width].join();
    this.priceWord.style.setProperty('--plot-left', this.plot.bbox.left / devicePixelRatio + 'px');
    const c = this.canvas, ratio = devicePixelRatio, width = this.host.clientWidth, height = 40;
    c.width = width * ratio;
    c.height = height * ratio;
    const ctx = c.getContext('2d');
    ctx.scale(ratio, ratio);
    const left = this.plot.bbox.left / ratio, span = this.plot.bbox.width / ratio, w = span / this.slots.length;
    const top = priceTop(this.slots), y = v => 2 + (height - 4) * (1 - Math.min(Math.max(v, 0) / top, 1));
    const ink = resolved(mix(colour('ink'), 55)), light = resolved(mix(colour('ink'), 26)), faint = resolved(mix(colour('ink'), 7)), tariff = resolved(mix(colour('ink'), 60));
    this.slots.forEach((s, i) => {
      const v = s.price ?? s.buy;
      if (v == null) return;
      ctx.fillStyle = s.price == null ? faint : s.planned ? light : ink;
      const wide = Math.max(w - (w > 4 && s.price != null ? 1 : 0), 1);
      ctx.fillRect(left + i * w, y(v), wide, height - y(v));
      if (v > top) ctx.clearRect(left + i * w, 6, wide, 2.5); // broken: it goes on above the strip
    });
    c.dataset.clipped = this.slots.filter(s => s.price > top).length;
    ctx.strokeStyle = tariff;
    ctx.beginPath();
    this.slots.forEach((s, i) => {
      if (s.buy == null) return;
      if (i && this.slots[i - 1].buy != null) ctx.lineTo(left + i * w, y(s.buy) + 0.5);
      else ctx.moveTo(left + i * w, y(s.buy) + 0.5);
      ctx.lineTo(left + (i + 1) * w, y(s.buy) + 0.5);
    });
    ctx.stroke();
    c.setAttribute('aria-label', t('price'));
    this.sayPrice(this.slots.find(s => s.at_ms <= this.now && s.at_ms + SLOT > this.now));
  }
  sayPrice(slot) {
    const word = this.priceWord, here = slot ? instant(slot.at_ms, clock(slot.at_ms)) : null;
    if (!slot) return word.replaceChildren(t('price'));
    const buy = unit => number(slot.buy, unit, '@tariff.buy'), sell = number(slot.sell, 'price', '@tariff.sell');
    if (slot.price == null) return word.replaceChildren(...pieces('no_price', here, buy('price_per_kWh'), sell));
    word.replaceChildren(t('price') + ' ', here, ': ', number(slot.price, 'price_per_kWh', '@price.root'), ...(slot.buy || slot.sell ? [', ' + t('tariff') + ' ', buy('price'), ' / ', sell] : []));
  }
  pointAt(x) {
    const left = this.plot.bbox.left / devicePixelRatio;
    this.plot.setCursor({left: x - left, top: 10});
  }
  leave() { this.plot?.setCursor({left: -10, top: -10}); }
  onKey(e) {
    if (!this.slots || !['ArrowLeft', 'ArrowRight', 'Escape'].includes(e.key)) return;
    e.preventDefault();
    const here = this.index ?? this.slots.findIndex(s => s.planned);
    if (e.key === 'Escape') return this.leave();
    const next = Math.max(0, Math.min(this.slots.length - 1, (here < 0 ? this.slots.length - 1 : here) + (e.key === 'ArrowLeft' ? -1 : 1)));
    this.plot.setCursor({left: this.plot.valToPos((this.slots[next].at_ms + SLOT / 2) / 1000, 'x'), top: 10});
  }
  onCursor(u) {
    const left = u.cursor.left;
    const at = left == null || left < 0 ? null : u.posToVal(left, 'x') * 1000;
    const index = at == null ? null : Math.floor((at - this.slots[0].at_ms) / SLOT);
    if (index === this.index) return;
    this.index = index;
    const slot = index == null ? null : this.slots[index];
    this.sayPrice(slot ?? this.slots.find(s => s.at_ms <= this.now && s.at_ms + SLOT > this.now));
    this.pointed(slot && slot.figures.homes != null ? slot : null);
  }
  words() {
    this.canvas.setAttribute('aria-label', t('price'));
    const item = k => el('span', {class: 'key'}, el('i', {class: 'k-' + k, 'aria-hidden': 'true'}), t(k === 'use' ? 'use_line' : k));
    $('legend').replaceChildren(...stack.filter(k => k in (this.expressions ?? {})).map(item), item('use'));
    this.remake();
  }
}
