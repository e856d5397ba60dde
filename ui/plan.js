// The plan in words: what it costs, how good it is, and the limits that decide the day, dearest first.
import {$, el, instant, number} from './dom.js';
import {nameOf} from './names.js';
import {t, pieces} from './text.js';
import {clock, clockOf} from './time.js';
import {asset} from './why.js';
import {phrase} from './phrases.js';

export function drawPlan(state, plan) {
  const p = state.plan;
  $('plan').hidden = !!p && !plan;
  if (!p || !plan) {
    $('plan').textContent = t('no_plan');
    $('plan').dataset.is = '';
    $('decides').replaceChildren();
    return;
  }
  const of = id => number(plan.named[id].v, plan.named[id].u, id);
  const same = [plan.id, document.documentElement.lang].join();
  if ($('plan').dataset.is === same) return;
  $('plan').dataset.is = same;
  $('plan').replaceChildren(...pieces('plan_words', instant(plan.made_ms, clock(plan.made_ms)), t(plan.controller).toLowerCase(), of('@plan.bought'), of('@plan.sold'), of('@plan.gap_frac'), of('@plan.solve_s')));
  const seen = new Set();
  const first = plan.why.filter(w => !seen.has(w.asset + w.row) && seen.add(w.asset + w.row)).slice(0, 5);
  $('decides').replaceChildren(...first.map(w => el('li', {}, el('span', {}, el('button', {type: 'button', class: 'link name', onclick: () => asset(w.asset)}, nameOf(w.name)), ' · ' + phrase(w.row.replace(/_/g, ' '))), el('span', {class: 'n'}, instant(w.at_ms, clockOf(w.at_ms, state.at_ms))))));
}
