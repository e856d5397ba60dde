// Small helpers over the DOM: elements, SVG, and numbers that know the series they are.
import {figure} from './number.js';

export const $ = id => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}
function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter(c => c != null));
  return node;
}

// What a tap can ask why of: series, expressions, and figures of plan and tariff; figures of a Try-it answer say all they know.
export const answers = series => !series.startsWith('@') || /^@(price|tariff|plan)[.]/.test(series);
// Beside a figure: the same text again, or a part of one, that is another view of a series.
export const tagged = (text, series, attributes = {}) => el('span', {'data-series': series, ...attributes}, text);
export const instant = (ms, text) => el('time', {datetime: new Date(ms).toISOString()}, text);

// A number on the page: text with unit, the series or expression it is, its raw value; a tap asks why.
export function setNumber(node, value, unit, series, options) {
  const text = figure(value, unit, options);
  if (node.textContent !== text) node.textContent = text;
  if (series && node.dataset.series !== series) {
    node.dataset.series = series;
    if (answers(series)) {
      node.setAttribute('role', 'button');
      node.setAttribute('tabindex', '0');
    }
  }
  node.dataset.value = value ?? '';
  node.dataset.unit = unit;
  return node;
}
export const number = (value, unit, series, options) => setNumber(el('span', {class: 'n'}), value, unit, series, options);

export const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
