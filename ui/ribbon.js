// The flow ribbon: sources left, uses right, stores below; width = power. One scale for both sides, so that what comes in is
// as wide as what goes out. Labels keep their distance; bands may be thin, names may not overlap.
import {svg, setNumber} from './dom.js';
import {t} from './text.js';

export const sources = ['river', 'sun', 'gas', 'grid_in', 'battery_out'];
export const uses = ['homes', 'services', 'light', 'water', 'farm', 'plant', 'losses', 'grid_out', 'battery_in'];
const below = new Set(['battery_in', 'battery_out']);
const floor_W = 200; // thinner than this is not drawn: it would be noise of the estimate

let scale_W = 0; // power that fills the trunk; follows the village slowly so that widths can be compared over minutes

function fits(total) {
  const nice = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map(m => m * 10 ** Math.floor(Math.log10(Math.max(total, 1e3))));
  const want = nice.find(n => n >= total * 1.08) ?? total;
  if (total > scale_W || want < scale_W * 0.55 || scale_W === 0) scale_W = want;
  return scale_W;
}

// Places bands of one side: rows as near as possible to where the band leaves the trunk, none on top of another.
function spread(bands, top, bottom, gap) {
  const need = b => Math.max(gap, b.h + 5);
  let y = top;
  for (const b of bands) { b.row = Math.max(b.at, y + need(b) / 2); y = b.row + need(b) / 2; }
  let limit = bottom;
  for (const b of [...bands].reverse()) { b.row = Math.min(b.row, limit - need(b) / 2); limit = b.row - need(b) / 2; }
}
// The largest scale at which both sides' rows and the battery's band below them fit.
function fitting(k, lists, stored_W, usable, gap) {
  const over = () => lists.some(list => list.reduce((y, b) => y + Math.max(gap, b.W * k + 5), 0) > usable - stored_W * k);
  while (k > 1e-9 && over()) k *= 0.96;
  return k;
}

function bandPath(x0, y0, x1, y1, h) {
  const c = (x0 + x1) / 2, r = h / 2;
  return `M${x0} ${y0 - r}C${c} ${y0 - r} ${c} ${y1 - r} ${x1} ${y1 - r}L${x1} ${y1 + r}C${c} ${y1 + r} ${c} ${y0 + r} ${x0} ${y0 + r}Z`;
}

export class Ribbon {
  constructor(host) {
    this.host = host;
    this.nodes = new Map();
    this.svg = svg('svg', {role: 'group'});
    this.bands = svg('g');
    this.labels = svg('g');
    this.trunk = svg('rect', {class: 'trunk', rx: 3});
    this.total = svg('text', {class: 'total n', 'text-anchor': 'middle'});
    this.svg.append(this.bands, this.trunk, this.labels, this.total);
    host.replaceChildren(this.svg);
    new ResizeObserver(() => this.figures && this.draw(this.figures, this.planned)).observe(host);
  }
  node(key) {
    if (!this.nodes.has(key)) {
      const made = {band: svg('path', {class: 'band f-' + key}), word: svg('text', {class: 'word'}), value: svg('text', {class: 'value n'})};
      this.bands.append(made.band);
      this.labels.append(made.word, made.value);
      this.nodes.set(key, made);
    }
    return this.nodes.get(key);
  }
  draw(figures, planned) {
    this.figures = figures;
    this.planned = planned;
    const width = this.host.clientWidth, narrow = width < 480, height = this.host.clientHeight || 230;
    if (!width) return;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.classList.toggle('planned', !!planned);
    this.svg.setAttribute('aria-label', t('flows'));
    const take = keys => keys.filter(k => (figures[k]?.v ?? 0) > floor_W).map(k => ({key: k, W: figures[k].v, s: figures[k].s}));
    const left = take(sources), right = take(uses);
    const sum = list => list.reduce((a, b) => a + b.W, 0);
    const total = Math.max(sum(left), sum(right));
        const rows = [left, right].map(list => list.filter(b => !below.has(b.key)));
    const gap = narrow ? 31 : 21, head = narrow ? 8 : 18, bend = 12;
    const stored_W = sum([...left, ...right].filter(b => below.has(b.key)));
    const foot = bend + (narrow && stored_W > 0 ? 24 : 4); // narrow: the store's two lines stand clear of the last row's
    const k = fitting((height - head - foot) * 0.96 / fits(total), rows, stored_W, height - head - foot, gap);
    const usable = height - head - foot - stored_W * k, others = total - stored_W;
    const top = head + Math.max(usable - others * k, 0) / 2; // the trunk's upper end; what is stored leaves at its lower end
    const x0 = narrow ? 92 : 180, x1 = width - x0, trunkW = narrow ? 8 : 12, tx = width / 2, shown = new Set();
    for (const [list, side] of [[left, -1], [right, 1]]) {
      let y = top;
      for (const b of list) { b.h = Math.max(b.W * k, 1.5); b.at = y + b.W * k / 2; y += b.W * k; }
      spread(list.filter(b => !below.has(b.key)), head, head + usable + (list.some(b => below.has(b.key)) ? 0 : foot + stored_W * k), gap);
      for (const b of list) this.place(b, side, {x0, x1, tx, trunkW, height, narrow, bend}, shown);
    }
    for (const [key, n] of this.nodes) for (const part of Object.values(n)) part.toggleAttribute('hidden', !shown.has(key));
    const trunkH = Math.max(total * k, 6);
    for (const [name, v] of Object.entries({x: tx - trunkW / 2, y: top, width: trunkW, height: trunkH})) this.trunk.setAttribute(name, v);
    setNumber(this.total, sum(left), 'elec_W', left.map(b => b.s).join(' + '));
    this.total.setAttribute('x', tx);
    this.total.setAttribute('y', Math.max(top - 6, 12));
  }
  place(b, side, g, shown) {
    const n = this.node(b.key);
    shown.add(b.key);
    n.word.textContent = t(b.key);
    setNumber(n.value, b.W, 'elec_W', b.s);
    const edge = g.tx + side * g.trunkW / 2;
    if (below.has(b.key)) { // into or out of store: the band bends downwards
      const r = b.h / 2, in_ = edge + side * g.bend, out = edge + side * (g.bend + b.h), sweep = side > 0 ? 1 : 0;
      n.band.setAttribute('d', `M${edge} ${b.at - r}A${g.bend + b.h} ${g.bend + b.h} 0 0 ${sweep} ${out} ${b.at + r + g.bend}V${g.height}H${in_}V${b.at + r + g.bend}A${g.bend} ${g.bend} 0 0 ${1 - sweep} ${edge} ${b.at + r}Z`);
      for (const text of [n.word, n.value]) { text.setAttribute('x', out + side * 8); text.setAttribute('text-anchor', side < 0 ? 'end' : 'start'); }
      n.word.setAttribute('y', g.height - 20);
      n.value.setAttribute('y', g.height - 5);
      return;
    }
    const outer = side < 0 ? g.x0 : g.x1;
    n.band.setAttribute('d', side < 0 ? bandPath(outer, b.row, edge, b.at, b.h) : bandPath(edge, b.at, outer, b.row, b.h));
    for (const text of [n.word, n.value]) {
      text.setAttribute('x', side < 0 ? outer - 8 : outer + 8);
      text.setAttribute('text-anchor', side < 0 ? 'end' : 'start');
    }
    if (g.narrow) {
      n.word.setAttribute('y', b.row - 3);
      n.value.setAttribute('y', b.row + 12);
      return;
    }
    n.value.setAttribute('y', b.row + 5);
    n.word.setAttribute('y', b.row + 5);
    n.word.setAttribute('x', side < 0 ? outer - 90 : outer + 90);
  }
}
