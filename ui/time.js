// The village's clock: its own offset from UTC, whatever the reader's is.
import {locale} from './text.js';
let offset = 0;
export const setOffset = s => { offset = s * 1000; };
const cache = new Map();
function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale(), {timeZone: 'UTC', ...options}));
  return cache.get(key);
}
export const clock = ms => format({hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(ms + offset);
export const dayName = ms => format({weekday: 'long', day: 'numeric', month: 'long'}).format(ms + offset);
export const shortDay = ms => format({weekday: 'short', day: 'numeric', month: 'short'}).format(ms + offset);
export const dayStart = ms => Math.floor((ms + offset) / 864e5) * 864e5 - offset;
export const clockOf = (ms, now) => dayStart(ms) === dayStart(now) ? clock(ms) : shortDay(ms) + ' ' + clock(ms);
export const local = ms => new Date(ms + offset);
