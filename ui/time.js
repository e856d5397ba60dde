// The village's clock: its own offset from UTC, whatever the reader's is.
import {language, locale} from './text.js';
const months = 'yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr'.split(' ');
const days = ['bazar', 'bazar ertəsi', 'çərşənbə axşamı', 'çərşənbə', 'cümə axşamı', 'cümə', 'şənbə'];
const shortDays = ['B.', 'B.e.', 'Ç.a.', 'Ç.', 'C.a.', 'C.', 'Ş.'];
let offset = 0;
export const setOffset = s => { offset = s * 1000; };
const cache = new Map();
function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale(), {timeZone: 'UTC', ...options}));
  return cache.get(key);
}
export const clock = ms => format({hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(ms + offset);
function azeri(ms, names, cut) {
  const d = new Date(ms + offset);
  return `${names[d.getUTCDay()]}, ${d.getUTCDate()} ${months[d.getUTCMonth()].slice(0, cut)}`;
}
export const dayName = ms => language() === 'az' ? azeri(ms, days) : format({weekday: 'long', day: 'numeric', month: 'long'}).format(ms + offset);
export const shortDay = ms => language() === 'az' ? azeri(ms, shortDays, 3) : format({weekday: 'short', day: 'numeric', month: 'short'}).format(ms + offset);
export const dayStart = ms => Math.floor((ms + offset) / 864e5) * 864e5 - offset;
export const clockOf = (ms, now) => dayStart(ms) === dayStart(now) ? clock(ms) : shortDay(ms) + ' ' + clock(ms);
export const local = ms => new Date(ms + offset);
