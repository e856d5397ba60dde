// The first line: is everything all right, in words. What is worst comes first; a lost grid before any warning.
import {number} from './dom.js';
import {t} from './text.js';
import {alarmWords} from './alarms.js';

export function words(parts) { // sentence pieces: text and numbers, "{0}" replaced by a live number
  return parts.flatMap(([text, node]) => {
    const [before, after] = text.split('\u0001');
    return node ? [before, node, after ?? ''] : [text];
  });
}
export const piece = (key, node) => [t(key, '\u0001'), node];

// A sensor or two of the many that is silent for a while is no headline; five at once are.
const many = new Set(['home', 'street', 'bin']), sensing = new Set(['silent', 'reading_bad', 'reading_old', 'reading_stuck']);
function common(a, s, village) {
  const small = x => sensing.has(x.name) && many.has(village.assets.find(v => v.id === x.asset)?.class);
  return small(a) && s.alarms.filter(x => x.active && x.name === a.name && small(x)).length < 5;
}

// No grid: lost, or none was ever there.
function islandWords(s, own, lost) {
  const battery = s.gauges.find(g => g.key === 'battery');
  const parts = lost ? [piece('island', own)] : [[t('well') + '; '], piece('own', own)];
  if (battery) parts.push(['; '], piece('island_battery', number(battery.v, battery.u, battery.s)));
  return words([...parts, ['.']]);
}

export function sentence(s, village) {
  const f = s.figures, W = key => f[key]?.v ?? 0, own = ['river', 'sun'].filter(k => f[k]);
  const fromOwn = number(own.reduce((a, k) => a + W(k), 0), 'elec_W', own.map(k => f[k].s).join(' + '));
  const active = s.alarms.filter(a => a.active && !common(a, s, village)).sort((a, b) => b.level - a.level || b.since_ms - a.since_ms), worst = active[0];
  const given = Object.entries(s.figures).filter(([k, g]) => g.side === 'source' && k !== 'grid_in');
  const all = number(given.reduce((a, [, g]) => a + (g.v ?? 0), 0), 'elec_W', given.map(([, g]) => g.s).join(' + '));
  // The state itself tells it, whatever the table of alarms still holds: a village that has a grid has lost it.
  if (s.island && village.assets.some(a => a.class === 'grid')) return {level: 'urgent', nodes: islandWords(s, all, true)};
  if (worst?.level === 2) return {level: 'urgent', nodes: [alarmWords(worst)]};
  if (s.island && (!worst || worst.level === 0 || worst.ack_ms)) return {level: 'well', nodes: islandWords(s, all, false)};
  const grid = W('grid_out') > 500 ? piece('sold', number(W('grid_out'), 'elec_W', f.grid_out.s))
    : W('grid_in') > 500 ? piece('bought', number(W('grid_in'), 'elec_W', f.grid_in.s)) : [t('balanced')];
  const lead = worst?.level === 1 && !worst.ack_ms ? 'look' : 'well';
  const origin = W('sun') < 500 ? 'from_river' : W('river') < 500 ? 'from_sun' : 'from';
  const idle = own.every(k => W(k) < 500), first = idle ? piece('own', all) : piece(origin, fromOwn);
  const tail = lead === 'look' ? [[': '], [alarmWords(worst)]] : [['; '], first, [', '], grid, ['.']];
  return {level: lead === 'look' ? 'warning' : 'well', nodes: words([[t(lead)], ...tail])};
}
