// What the village holds: gas, water, charge. A bar that fills, the figure with its unit, the share of what is usable.
import {el, number, setNumber, tagged} from './dom.js';
import {plain} from './number.js';
import {nameOf} from './names.js';
import {t, has} from './text.js';

export class Stores {
  constructor(host) {
    this.host = host;
    this.cells = new Map();
  }
  cell(g) {
    if (!this.cells.has(g.s)) {
      const bar = el('span', {class: 'fill g-' + g.key});
      const word = el('span', {class: 'word'}), share = tagged('', g.s, {class: 'share'}), value = number(null, g.u, g.s);
      const node = el('div', {class: 'store', 'data-key': g.key}, el('span', {class: 'bar', 'aria-hidden': 'true'}, bar), word, share, value);
      this.host.append(node);
      this.cells.set(g.s, {node, bar, word, share, value});
    }
    return this.cells.get(g.s);
  }
  // at: values of a slot that is pointed at, by series, or null.
  draw(gauges, at) {
    for (const g of gauges) {
      const c = this.cell(g), v = at ? at[g.s] ?? null : g.v;
      const frac = v == null || !(g.high > g.low) ? null : Math.max(0, Math.min(1, (v - g.low) / (g.high - g.low)));
      const kind = 'store_' + g.key, one = gauges.filter(o => o.key === g.key).length === 1;
      c.word.textContent = one && has(kind) ? t(kind) : nameOf(g.name);
      c.word.classList.toggle('name', !(one && has(kind)));
      c.share.textContent = frac == null ? '' : (g.estimated && !at ? '≈\u00a0' : '') + plain(Math.round(frac * 100)) + '\u00a0%';
      c.share.title = t('of_usable');
      setNumber(c.value, v, g.u, g.s, {estimated: g.estimated && !at});
      c.bar.style.inlineSize = (frac ?? 0) * 100 + '%';
      c.node.classList.toggle('unknown', frac == null);
    }
  }
}
