// Alarms with their reason and one action; what people have set by hand and until when.
import {$, el, number} from './dom.js';
import {post} from './api.js';
import {t, has} from './text.js';
import {clockOf} from './time.js';

export const alarmWords = a => has('alarm_' + a.name) ? t('alarm_' + a.name) : a.text;

export function drawAlarms(state, act) {
  const list = [...state.alarms].sort((a, b) => (b.active - a.active) || (b.level - a.level) || (b.since_ms - a.since_ms)).slice(0, 12);
  const same = JSON.stringify([list, document.documentElement.lang]);
  if ($('alarmlist').dataset.is === same) return;
  $('alarmlist').dataset.is = same;
  $('alarmlist').replaceChildren(...list.map(a => alarm(a, state, act)));
  if (!list.length) $('alarmlist').append(el('li', {class: 'none'}, t('no_alarms')));
}
function alarm(a, state, act) {
  const head = [t('level' + a.level), a.asset_name].filter(Boolean).join(' · ');
  const when = a.active ? t('since', clockOf(a.since_ms, state.at_ms)) : t('over');
  const button = a.ack_ms ? el('span', {class: 'note'}, t('acked', clockOf(a.ack_ms, state.at_ms)))
    : el('button', {type: 'button', onclick: () => act(() => post('api/ack', {code: a.code, asset: a.asset}))}, t('ack'));
  return el('li', {class: `alarm l${a.level}` + (a.active ? '' : ' over')}, el('span', {class: 'mark', 'aria-hidden': 'true'}),
    el('div', {}, el('p', {class: 'head'}, head, ' ', el('span', {class: 'note'}, when)), el('p', {}, alarmWords(a))), button);
}

export function drawOverrides(state, village, act) {
  const same = JSON.stringify([state.overrides, document.documentElement.lang]);
  if ($('overridelist').dataset.is === same) return;
  $('overridelist').dataset.is = same;
  $('overridelist').replaceChildren(...state.overrides.map(o => {
    const [id, , key] = o.point.split('.');
    const name = village.assets.find(a => a.id === id)?.name ?? id;
    return el('li', {class: 'alarm hand'}, el('span', {class: 'mark', 'aria-hidden': 'true'}),
      el('div', {}, el('p', {class: 'head'}, `${t('overrides')} · ${name} `, el('span', {class: 'note'}, t('until', clockOf(o.until_ms, state.at_ms)))), el('p', {}, number(o.value, key, o.point))),
      el('button', {type: 'button', onclick: () => act(() => post('api/override/cancel', {id: o.id}))}, t('take_back')));
  }));
}
