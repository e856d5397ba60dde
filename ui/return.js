// The return of households: what has become of the homes, and the queue from registration to settled, one mark a household, longest wait
// first. No name, pseudonym or home stands here: the server sends none. Late ones are triangles, so that colour does not carry it alone.
import {$, el} from './dom.js';
import {t, locale} from './text.js';

const homeKinds = [['keys', 'good'], ['accepted', 'water'], ['offered', 'sun'], ['ready', 'homes'], ['waiting', 'grid']];
const count = v => new Intl.NumberFormat(locale(), {maximumFractionDigits: 0}).format(v);

function homes(h) {
  const shown = homeKinds.filter(([k]) => h[k] > 0), bar = el('div', {class: 'homebar', 'aria-hidden': 'true'});
  for (const [kind, paint] of shown) {
    const part = el('i');
    part.style.flexGrow = h[kind];
    part.style.background = `var(--${paint})`;
    bar.append(part);
  }
  const keys = homeKinds.map(([kind, paint]) => {
    const dot = el('i', {'aria-hidden': 'true'});
    dot.style.background = `var(--${paint})`;
    return el('li', {class: h[kind] ? '' : 'none'}, dot, el('b', {}, count(h[kind])), ' ' + t('ret_h_' + kind));
  });
  return [bar, el('ul', {class: 'homekeys'}, ...keys)];
}

function stage(s) {
  const marks = el('span', {class: 'marks', 'aria-hidden': 'true'},
    ...s.waits.map(w => el('i', {class: w.late ? 'late' : '', title: t('ret_day', count(w.days))})),
    s.households > s.waits.length ? el('span', {class: 'small'}, '+' + count(s.households - s.waits.length)) : null);
  const about = s.households ? el('span', {class: 'small'}, s.days_median === s.days_longest ? t('ret_day', count(s.days_longest)) : t('ret_days', count(s.days_median), count(s.days_longest))) : null;
  const late = s.late ? el('b', {class: 'late'}, '▲ ' + t('ret_late', count(s.late), count(s.late_days))) : null;
  return el('li', {class: s.households ? '' : 'none', 'data-stage': s.stage}, el('span', {class: 'stage'}, t('rs_' + s.stage)), el('b', {class: 'count'}, count(s.households)),
    s.households ? el('span', {class: 'queue'}, marks, about, late) : null);
}

function apart(a) {
  const parts = Object.entries(a).filter(([, n]) => n !== 0).map(([k, n]) => `${t('ra_' + k)} ${n === null ? '·' : count(n)}`);
  if (!parts.length) return null;
  return el('p', {class: 'note apart'}, t('ret_apart') + ': ' + parts.join(', ') + '. ' + (Object.values(a).includes(null) ? t('ret_hidden') : ''));
}

// What was announced and not drawn stays on the page.
function givenUp(data) {
  const n = [data.draws_cancelled ?? 0, data.draws_given_up ?? 0];
  return n[0] + n[1] ? t('ret_given_up', ...n.map(count)) + ' ' : '';
}

export function drawReturn(data) {
  const box = $('pipeline');
  if (!data?.begun) {
    box.replaceChildren(el('p', {class: 'note'}, t('ret_none')));
    return;
  }
  box.replaceChildren(el('h3', {}, t('ret_homes')), ...homes(data.homes), el('h3', {}, t('ret_households')), el('ol', {class: 'stages'}, ...data.stages.map(stage)), ...[apart(data.apart)].filter(Boolean),
    el('p', {class: 'note'}, t('ret_draws', count(data.draws_committed), count(data.draws_made)) + ' ' + givenUp(data) + t('ret_names')));
}
