// Figures for people: at most three significant digits, a unit read from the end of the key, kW and kWh only here at the edge.
import {locale, language, t} from './text.js';

const units = [ // ending of the key, [factor, symbol].. from small to large; the largest that leaves at least 1 is taken
  ['_W_m2', [[1, 'W/m²']]], ['_m3_s', [[1, 'm³/s']]], ['_m_s', [[1, 'm/s']]], ['_kg_s', [[1 / 3600, 'kg/h'], [1 / 3.6, 't/h']]],
  ['_m3_s_per_h', [[1, 'm³/s/h']]], ['_W_K', [[1, 'W/K']]],
  ['_W', [[1, 'W'], [1e3, 'kW'], [1e6, 'MW']]], ['_J', [[3.6e3, 'Wh'], [3.6e6, 'kWh'], [3.6e9, 'MWh']]], ['_Wh', [[1, 'Wh'], [1e3, 'kWh'], [1e6, 'MWh']]],
  ['_degC', [[1, '°C']]], ['_K_h', [[1, 'K·h']]], ['_K', [[1, 'K']]], ['_frac', [[0.01, '%']]], ['_m3', [[1, 'm³']]], ['_m2', [[1, 'm²']]],
  ['_m', [[1, 'm']]], ['_kg', [[1, 'kg'], [1e3, 't']]], ['_s', [[1, 's'], [60, 'min'], [3600, 'h']]], ['_Pa', [[100, 'hPa']]], ['_lx', [[1, 'lx']]],
  ['_per_h', [[1, '/h']]], ['_mm_h', [[1, 'mm/h']]], ['_mm', [[1, 'mm']]],
];

const symbols = {
  az: {W: 'Vt', kW: 'kVt', MW: 'MVt', Wh: 'Vt·s', kWh: 'kVt·s', MWh: 'MVt·s', 'W/m²': 'Vt/m²', 'm/s': 'm/s', min: 'dəq', h: 'saat', s: 'san', 'K·h': 'K·saat'},
  ru: {W: 'Вт', kW: 'кВт', MW: 'МВт', Wh: 'Вт·ч', kWh: 'кВт·ч', MWh: 'МВт·ч', 'W/m²': 'Вт/м²', 'm³': 'м³', 'm²': 'м²', m: 'м', 'm³/s': 'м³/с', 'm/s': 'м/с', 'kg/h': 'кг/ч', 't/h': 'т/ч', kg: 'кг', t: 'т', min: 'мин', h: 'ч', s: 'с', 'K·h': 'К·ч', K: 'К', lx: 'лк', '/h': '/ч', 'mm/h': 'мм/ч', mm: 'мм', hPa: 'гПа'},
};
export const symbolOf = symbol => symbols[language()]?.[symbol] ?? symbol;

export function unitOf(key) {
  const hit = units.find(([ending]) => key.endsWith(ending) || key === ending.slice(1));
  return hit ? hit[1] : [[1, '']];
}

const cache = new Map();
function format(digits) {
  const key = locale() + digits;
  if (!cache.has(key)) cache.set(key, new Intl.NumberFormat(locale(), {maximumSignificantDigits: digits, useGrouping: 'min2'}));
  return cache.get(key);
}
export function plain(value, digits = 3) { // -0 is 0; numbers of more than three digits keep their integer digits at zero
  return format(digits).format(value === 0 ? 0 : value);
}

let currency = '';
export const setCurrency = c => { currency = c; };
const money = { // to the hundredth, a price to a hundredth of that; at most three digits
  money: v => plain(Math.round(v * 100) / 100) + '\u00a0' + currency,
  price_per_kWh: v => t('per_kWh', plain(Math.round(v * 1e4) / 1e4), currency),
};

export function figure(value, key, {estimated = false} = {}) {
  if (value == null || Number.isNaN(value)) return '–';
  if (money[key]) return money[key](value);
  const steps = unitOf(key ?? '');
  const size = Math.abs(value);
  let [factor, symbol] = steps[0];
  for (const [f, s] of steps) if (size >= f * 0.9995) [factor, symbol] = [f, s];
  if (steps.length > 1 && size < steps[0][0] * 0.5 && steps[0][1] === 'W' && size < 0.5) [factor, symbol] = [1e3, 'kW'];
  return (estimated ? '≈\u00a0' : '') + plain(value / factor) + (symbol ? '\u00a0' + symbolOf(symbol) : '');
}

// The edge's unit for typing a set-point: kW and kWh, or W where the whole range is small.
export function typingUnit(key, max) {
  const steps = unitOf(key), big = steps[1] && steps[1][1].startsWith('k') && !(Math.abs(max) < 2000);
  const [factor, symbol] = steps[big ? 1 : 0];
  return {factor, symbol: symbolOf(symbol)};
}
