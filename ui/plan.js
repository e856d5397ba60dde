// The plan in words: what it costs, how good it is, and the limits that decide the day, dearest first.
import {$, el} from './dom.js';
import {plain, figure} from './number.js';
import {t, locale} from './text.js';
import {clock, clockOf} from './time.js';
import {asset} from './why.js';
import {phrase} from './phrases.js';

const money = (v, currency) => new Intl.NumberFormat(locale(), {maximumSignificantDigits: 3}).format(Math.round(v * 100) / 100) + '\u00a0' + currency;

// What the plan buys and sells at the meter in its first 24 hours, from its own flows and tariff.
function meter(plan) {
  let bought = 0, sold = 0;
  for (let i = 0; i < plan.price.length && plan.start_ms[i] < plan.start_ms[0] + 864e5; i++) {
    const kWh = (plan.start_ms[i + 1] - plan.start_ms[i]) / 3.6e9;
    bought += (plan.figures.grid_in?.[i] ?? 0) * kWh * (plan.buy[i] ?? 0);
    sold += (plan.figures.grid_out?.[i] ?? 0) * kWh * (plan.sell[i] ?? 0);
  }
  return [bought, sold];
}

export function drawPlan(state, plan, currency) {
  const p = state.plan;
  $('plan').hidden = !!p && !plan;
  if (!p || !plan) {
    $('plan').textContent = t('no_plan');
    $('decides').replaceChildren();
    return;
  }
  const [bought, sold] = meter(plan), gap = plain(Math.max(p.gap_frac, 0) * 100, 2) + '\u00a0%';
  $('plan').textContent = t('plan_words', clock(plan.made_ms), t(plan.controller).toLowerCase(), money(bought, currency), money(sold, currency), gap, figure(p.solve_s * 1000, '') + '\u00a0ms');
  const seen = new Set();
  const first = plan.why.filter(w => !seen.has(w.asset + w.row) && seen.add(w.asset + w.row)).slice(0, 5);
  $('decides').replaceChildren(...first.map(w => el('li', {}, el('span', {}, el('button', {type: 'button', class: 'link', onclick: () => asset(w.asset)}, w.name), ' · ' + phrase(w.row.replace(/_/g, ' '))), el('span', {class: 'n'}, clockOf(w.at_ms, state.at_ms)))));
}
