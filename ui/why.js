// The drawer: "why" of any number, one asset with all its figures, and setting by hand, always with an end.
import {$, el, instant, number, tagged} from './dom.js';
import {get, post, setToken, token, Refused} from './api.js';
import {figure, plain, typingUnit} from './number.js';
import {nameOf} from './names.js';
import {t, has, pieces} from './text.js';
import {phrase} from './phrases.js';
import {clockOf, clock} from './time.js';
import {statusWord} from './map.js';

const drawer = () => $('drawer');
let now = 0, village;
export const tellDrawer = (at_ms, v) => { now = at_ms; village = v; };

function show(title, ...content) {
  const d = drawer();
  d.replaceChildren(el('div', {class: 'drawerhead'}, el('h2', {id: 'drawertitle', class: 'name'}, title),
    el('button', {type: 'button', class: 'quiet', 'aria-label': t('close'), onclick: () => d.close()}, '×')), ...content);
  if (!d.open) d.showModal();
  d.onclick = e => { if (e.target === d) d.close(); };
}
const fail = e => el('p', {class: 'refused', role: 'alert'}, e.message);

// Asks for the token once when a change is refused for want of it; then does it again.
export async function act(change, after, failed) {
  try {
    const answer = await change();
    after?.(answer);
  } catch (e) {
    if (e instanceof Refused && e.status === 401) askToken(() => act(change, after, failed));
    else if (failed) failed(e);
    else show(t('override'), fail(e));
  }
}
function askToken(again) {
  const input = el('input', {id: 'token', type: 'password', autocomplete: 'off', required: true});
  const form = el('form', {}, el('p', {}, t('token_ask')), el('label', {for: 'token'}, t('token')), input, el('button', {class: 'main'}, t('enter')));
  form.onsubmit = e => { e.preventDefault(); setToken(input.value.trim()); drawer().close(); again(); };
  show(t('token'), form);
  input.focus();
}
export function askPassword(again) {
  const input = el('input', {id: 'password', type: 'password', autocomplete: 'current-password', required: true}), said = el('div');
  const form = el('form', {}, el('label', {for: 'password'}, t('password_ask')), input, el('button', {class: 'main'}, t('enter')), said);
  form.onsubmit = async e => {
    e.preventDefault();
    try { setToken((await post('api/login', {password: input.value})).token); drawer().close(); again(); } catch (error) { said.replaceChildren(fail(error)); }
  };
  show('kend', form);
  input.focus();
}

const classOf = id => village.classes[village.assets.find(a => a.id === id)?.class];
const help = (id, kind, key) => classOf(id)?.[kind]?.find(f => f.key === key)?.help ?? key;
const named = text => el('span', {class: 'name'}, nameOf(text));
const worded = text => el('span', {class: 'help'}, text);

export async function why(series, title) {
  try {
    const w = await get('api/why', {point: series});
    show(title || t('why'), el('p', {class: 'big'}, number(w.v, w.u, w.point)), el('p', {class: 'expr'}, w.point), ...made(w), ...(series.startsWith('@') ? [el('p', {class: 'note'}, t('x_' + /^@(\w+)/.exec(series)[1]))] : reasons(w)));
  } catch (e) { show(t('why'), fail(e)); }
}
function made(w) {
  if (w.members < 2) return [];
  const form = /^(minus|neg)\(/.exec(w.point)?.[1]; // what is negated in the sum is negated in its parts
  const part = p => form ? number(-p.v, p.u, `${form}(${p.s})`) : number(p.v, p.u, p.s);
  return [el('h3', {}, t('made_of')), el('ul', {class: 'rows'}, w.parts.map(p => el('li', {}, el('button', {type: 'button', class: 'link', onclick: () => asset(p.asset)}, named(p.name)), part(p)))),
    w.members > w.parts.length ? el('p', {class: 'note'}, pieces('members', tagged(plain(w.members), w.point))) : null].filter(Boolean);
}
function reasons(w) {
  if (!w.setpoints.length) return [el('p', {class: 'note'}, t('nothing_decided'))];
  const mine = w.setpoints.filter(s => s.s === w.point);
  return [el('h3', {}, t('setpoints')), ...(mine.length ? mine : w.setpoints).map(setpoint)];
}
// A reason in the reader's language, from its code and numbers: {0} {1} {2} the numbers, {3} the equipment or person, {4} the rule.
function pieceWords(p, point) {
  if (!has('w_' + p.code)) return worded(p.text);
  const sign = p.code.startsWith('step_') && p.num[0].v > 0 && !p.code.endsWith('guarded') ? '+' : '';
  const nums = [0, 1, 2].map(i => p.num[i] ? tagged((i ? '' : sign) + figure(p.num[i].v, p.num[i].u), `@why.${point}.${p.code}.${i}`) : '');
  return pieces('w_' + p.code, ...nums, p.name ? named(p.name) : '', p.rule ? worded(phrase(p.rule)) : '');
}
function setpoint(s) {
  return el('article', {class: 'setpoint'}, el('p', {class: 'head'}, named(village.assets.find(a => a.id === s.asset)?.name ?? s.asset), ': ', worded(s.help || s.key), ' ', number(s.v, s.key, s.s)),
    s.pieces.length ? el('dl', {}, s.pieces.flatMap(p => [el('dt', {}, has('kind_' + p.kind) ? t('kind_' + p.kind) : p.kind), el('dd', {'data-code': p.code}, pieceWords(p, s.s))])) : null,
    el('button', {type: 'button', onclick: () => override(s)}, t('override') + '…'));
}

const ends = [[30, 'minutes'], [60, 'minutes'], [120, 'hours'], [240, 'hours'], [720, 'hours'], [1440, 'hours']];

export function override(s) {
  const field = classOf(s.asset)?.cmd.find(f => f.key === s.key) ?? {min: s.min, max: s.max};
  const unit = typingUnit(s.key, field.max);
  const value = field.words ? el('select', {id: 'value'}, field.words.map((w, i) => el('option', {value: i}, w)))
    : el('input', {id: 'value', type: 'number', step: field.step ?? 'any', min: field.min / unit.factor, max: field.max / unit.factor, required: true, value: s.v == null ? '' : +(s.v / unit.factor).toPrecision(3)});
  const end = el('select', {id: 'ends', required: true}, ends.map(([m, w]) => el('option', {value: m, selected: m === 60}, `${t(w, plain(w === 'hours' ? m / 60 : m))} (${t('until', clockOf(now + m * 60e3, now))})`)));
  const said = el('div');
  const form = el('form', {}, el('p', {class: 'head'}, named(village.assets.find(a => a.id === s.asset)?.name ?? s.asset), ': ', worded(s.help || s.key)),
    el('label', {for: 'value'}, t('value') + (unit.symbol ? ` (${unit.symbol})` : '')), value, el('label', {for: 'ends'}, t('ends')), end,
    el('p', {class: 'note'}, t('ends_note')),
    el('div', {class: 'buttons'}, el('button', {class: 'main'}, t('set')), el('button', {type: 'button', onclick: () => drawer().close()}, t('cancel'))), said);
  form.onsubmit = e => {
    e.preventDefault();
    const body = {point: s.s, value: +value.value * (field.words ? 1 : unit.factor), until_ms: Math.round(now + end.value * 60e3)};
    act(() => post('api/override', body), a => show(t('override'), el('p', {role: 'status'}, pieces('done_until', instant(a.until_ms, clock(a.until_ms))))));
  };
  show(t('override'), form);
}

export async function asset(id) {
  try {
    const a = await get('api/asset', {id});
    const rows = (kind, list) => list.length ? [el('h3', {}, t(kind === 'x' ? 'state' : kind === 'meas' ? 'readings' : 'flow')), el('ul', {class: 'rows'}, list.map(v => el('li', {}, worded(kind === 'flow' ? v.key.replace(/_[^_]+$/, '') : help(id, kind === 'x' ? 'state' : 'meas', v.key)), number(v.v, v.key, v.s, {estimated: kind === 'x' && (a.status & 4) !== 0}))))] : [];
    const setpoints = a.cmd.length ? await get('api/why', {point: a.cmd[0].s}).then(w => w.setpoints).catch(() => []) : [];
    show(nameOf(a.name), el('p', {}, worded(classOf(id)?.help ?? a.class), ' · ', el('strong', {}, t(statusWord(a.status))), ...(a.read_ms ? [' · ', ...pieces('read_at', instant(a.read_ms, clockOf(a.read_ms, now)))] : [])),
      ...rows('flow', a.flow), ...(setpoints.length ? [el('h3', {}, t('setpoints')), ...setpoints.map(setpoint)] : []), ...rows('x', a.x), ...rows('meas', a.meas));
  } catch (e) { show(id, fail(e)); }
}
export const hasToken = () => !!token();
