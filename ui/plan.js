// The plan in words: what it costs, how good it is, and the limits that decide the day, dearest first.
import {$, el} from './dom.js';
import {plain, figure} from './number.js';
import {t, locale} from './text.js';
import {clock, clockOf} from './time.js';
import {asset} from './why.js';

const money = (v, currency) => new Intl.NumberFormat(locale(), {maximumSignificantDigits: 3}).format(v) + '\u00a0' + currency;

export function drawPlan(state, plan, currency) {
  const p = state.plan;
  if (!p) {
    $('plan').textContent = t('no_plan');
    $('decides').replaceChildren();
    return;
  }
  const gap = plain(Math.max(p.gap_frac, 0) * 100, 2) + '\u00a0%';
  $('plan').textContent = t(p.cost < 0 ? 'plan_earn' : 'plan_words', clock(p.made_ms), t(state.controller).toLowerCase(), money(Math.abs(p.cost), currency), gap, figure(p.solve_s * 1000, '') + '\u00a0ms');
  if (!plan) return;
  const seen = new Set();
  const first = plan.why.filter(w => !seen.has(w.asset + w.row) && seen.add(w.asset + w.row)).slice(0, 5);
  $('decides').replaceChildren(...first.map(w => el('li', {}, el('span', {}, el('button', {type: 'button', class: 'link', onclick: () => asset(w.asset)}, w.name), ' · ' + w.row.replace(/_/g, ' ')), el('span', {class: 'n'}, clockOf(w.at_ms, state.at_ms)))));
}
