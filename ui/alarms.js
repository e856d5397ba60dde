// Alarms with their reason and one action; the same alarm on many things is one line. And what people have set by hand, until when.
import {$, el, instant, number, tagged} from './dom.js';
import {post} from './api.js';
import {plain} from './number.js';
import {nameOf} from './names.js';
import {t, has, pieces} from './text.js';
import {clockOf} from './time.js';

export const alarmWords = a => has('alarm_' + a.name) ? t('alarm_' + a.name) : a.text;
const recent_ms = 6 * 3600e3;

function groups(state) {
  const all = new Map();
  for (const a of state.alarms) {
    if (!a.active && (a.ack_ms || state.at_ms - a.since_ms > recent_ms)) continue;
    const key = [a.name, a.level, a.active, !!a.ack_ms].join();
    if (!all.has(key)) all.set(key, {...a, key, list: []});
    const g = all.get(key);
    g.list.push(a);
    g.since_ms = Math.min(g.since_ms, a.since_ms);
  }
  return [...all.values()].sort((a, b) => (b.active - a.active) || (b.level - a.level) || (b.since_ms - a.since_ms));
}

export function drawAlarms(state, act) {
  const list = groups(state);
  const same = JSON.stringify([list.map(g => [g.key, g.list.length, g.since_ms]), document.documentElement.lang]);
  if ($('alarmlist').dataset.is === same) return;
  $('alarmlist').dataset.is = same;
  const over = list.filter(g => !g.active);
  $('alarmlist').replaceChildren(...list.filter(g => g.active).map(g => line(g, state, act)), ...(over.length ? [overLine(over, act)] : []));
  if (!list.some(g => g.active)) $('alarmlist').prepend(el('li', {class: 'none'}, t('no_alarms')));
}

// All that is over and unseen in one line.
function overLine(over, act) {
  const all = over.flatMap(g => g.list);
  const what = over.flatMap((g, i) => [(i ? ' · ' : ': ') + alarmWords(g).split(/[;.]/)[0], g.list.length > 1 ? tagged(` (${plain(g.list.length)})`, '@alarm.' + g.name) : '']);
  return el('li', {class: 'alarm over'}, el('span', {class: 'mark', 'aria-hidden': 'true'}), el('div', {}, el('p', {}, t('over_unseen'), what)),
    el('button', {type: 'button', onclick: () => act(() => acknowledge(all))}, t(all.length > 1 ? 'seen_all' : 'ack')));
}

async function acknowledge(list) {
  for (const a of list) await post('api/ack', {code: a.code, asset: a.asset});
}

function line(g, state, act) {
  const who = g.list.length > 1 ? tagged(t('places', plain(g.list.length)), '@alarm.' + g.name) : g.asset_name ? el('span', {class: 'name'}, nameOf(g.asset_name)) : null;
  const when = g.active ? pieces('since', instant(g.since_ms, clockOf(g.since_ms, state.at_ms))) : t('over');
  const button = g.ack_ms ? el('span', {class: 'note'}, pieces('acked', instant(g.ack_ms, clockOf(g.ack_ms, state.at_ms))))
    : el('button', {type: 'button', onclick: () => act(() => acknowledge(g.list))}, t(g.list.length > 1 ? 'seen_all' : 'ack'));
  const names = g.list.length > 1 ? g.list.slice(0, 3).map(a => nameOf(a.asset_name)).join(', ') + (g.list.length > 3 ? '…' : '') : null;
  return el('li', {class: `alarm l${g.level}` + (g.active ? '' : ' over')}, el('span', {class: 'mark', 'aria-hidden': 'true'}),
    el('div', {}, el('p', {class: 'head'}, t('level' + g.level), who ? ' · ' : '', who, ' ', el('span', {class: 'note'}, when)),
      el('p', {}, alarmWords(g)), names ? el('p', {class: 'note name'}, names) : null), button);
}

export function drawOverrides(state, village, act) {
  const same = JSON.stringify([state.overrides, document.documentElement.lang]);
  if ($('overridelist').dataset.is === same) return;
  $('overridelist').dataset.is = same;
  $('overridelist').replaceChildren(...state.overrides.map(o => {
    const [id, , key] = o.point.split('.');
    const name = nameOf(village.assets.find(a => a.id === id)?.name ?? id);
    return el('li', {class: 'alarm hand'}, el('span', {class: 'mark', 'aria-hidden': 'true'}),
      el('div', {}, el('p', {class: 'head'}, t('overrides') + ' · ', el('span', {class: 'name'}, name), ' ', el('span', {class: 'note'}, pieces('until', instant(o.until_ms, clockOf(o.until_ms, state.at_ms))))), el('p', {}, number(o.value, key, o.point))),
      el('button', {type: 'button', onclick: () => act(() => post('api/override/cancel', {id: o.id}))}, t('take_back')));
  }));
}
