// Land: parcels by state, progress, and the balance of every area. Exact outlines of hazard are not sent here: parcels are coloured as a
// whole, and an area without a parcel shows as a coarse circle to keep away from.
import {$, colour, el} from './dom.js';
import {get} from './api.js';
import {startLanguage, setLanguage, translate, t, locale} from './text.js';
import {learnNames, nameOf} from './names.js';
import {drawReturn} from './return.js';

const page = {village: null, land: null, households: null, map: null, layer: null};
const paint = {hazard: 'alarm', released: 'warn', under_construction: 'sun', commissioned: 'good', in_use: 'good'};
const m2 = v => new Intl.NumberFormat(locale(), {maximumFractionDigits: 0}).format(v);
const day = ms => new Intl.DateTimeFormat(locale(), {dateStyle: 'medium'}).format(ms);
const when = ms => new Intl.DateTimeFormat(locale(), {dateStyle: 'medium', timeStyle: 'short'}).format(ms);

function stateOf(p) { return page.land.closed.find(c => c.id === p.id)?.state ?? p.state; }

function drawMap() {
  if (!page.map) {
    page.map = L.map('map', {attributionControl: false, zoomSnap: 0.25});
    const points = page.village.places.filter(p => p.shape === 'area').flatMap(p => p.lonlat).map(([x, y]) => [y, x]);
    if (points.length) page.map.fitBounds(L.latLngBounds(points), {padding: [10, 10]});
    else page.map.setView([page.village.site.lat_deg, page.village.site.lon_deg], 14);
  }
  page.layer?.remove();
  page.layer = L.layerGroup().addTo(page.map);
  for (const p of page.village.places) {
    if (p.shape === 'point') continue;
    const state = stateOf(p), ring = p.lonlat.map(([x, y]) => [y, x]), hazard = state === 'hazard';
    const shape = p.shape === 'area'
      ? L.polygon(ring, {color: colour(paint[state]), weight: hazard ? 2 : 1.2, dashArray: hazard ? '5 4' : null, fillColor: colour(paint[state]), fillOpacity: hazard ? 0.2 : 0.1})
      : L.polyline(ring, {color: colour(hazard ? 'alarm' : 'road'), weight: 3, dashArray: hazard ? '2 6' : null});
    shape.bindTooltip([nameOf(p.name), t('place_' + state)].join(' · '), {sticky: true, className: 'tip'}).addTo(page.layer);
  }
  for (const r of page.land.rounds.filter(r => !r.drives)) for (const id of r.legs) {
    const p = page.village.places.find(p => p.id === id);
    if (p?.shape === 'line' && !r.closed_legs.includes(id)) L.polyline(p.lonlat.map(([x, y]) => [y, x]), {color: colour('warn'), weight: 3, dashArray: '1 6'})
      .bindTooltip([nameOf(p.name), r.name + ': ' + t('land_stands')].join(' · '), {sticky: true, className: 'tip'}).addTo(page.layer);
  }
  for (const a of page.land.areas) {
    if (a.near) L.circle([a.near.lat_deg, a.near.lon_deg], {radius: a.near.radius_m, color: colour('alarm'), dashArray: '5 4', weight: 2, fillOpacity: 0.15})
      .bindTooltip([a.name, t('s_' + a.state)].join(' · '), {sticky: true, className: 'tip'}).addTo(page.layer);
  }
  $('landlegend').replaceChildren(...[...new Set(page.village.places.map(stateOf))].map(s => {
    const dot = el('i', {'aria-hidden': 'true'});
    dot.style.background = colour(paint[s]);
    return el('span', {class: 'key'}, dot, t('place_' + s));
  }));
}

const field = {initial: 'initial_m2', extended: 'extension_m2', cancelled: 'cancelled_m2', reduced: 'reduced_m2', cleared: 'cleared_m2', rest: 'rest_m2'}, columns = Object.keys(field);

function areaRows(a) {
  const total = a.initial_m2 + a.extension_m2, left = a.rest_m2;
  const name = el('td', {}, el('b', {}, a.name), el('div', {class: 'small'}, t('s_' + a.state)));
  if (a.searched_m2 > 0 && a.rest_m2 > 1) name.append(el('progress', {max: left, value: Math.min(a.searched_m2, left)}), el('div', {class: 'small'}, t('land_searched', m2(a.searched_m2), m2(left))));
  if (a.plan) {
    const due = Math.max(0, Math.min(1, (Date.now() - a.plan.from_ms) / (a.plan.done_ms - a.plan.from_ms || 1)));
    name.append(el('div', {class: 'small'}, t('land_plan', a.plan.place, day(a.plan.done_ms), day(a.plan.late_ms), m2(100 * due))));
  }
  for (const text of a.released) name.append(el('div', {class: 'small'}, text)); // outcome, depth, method and residual risk beside the word
  return el('tr', {}, name, ...columns.map(k => el('td', {'data-head': t('land_' + k) + ', m²'}, m2(a[field[k]]))), el('td', {class: 'small'}, total > 0 ? m2(100 * (total - a.rest_m2) / total) + ' %' : ''));
}

// A round with its vehicle; one out of service also with where its way is closed and which bins nobody empties meanwhile.
function roundRow(r) {
  const name = id => nameOf(page.village.places.find(p => p.id === id)?.name ?? page.village.assets.find(a => a.id === id)?.name ?? id);
  const row = el('li', {class: r.drives ? '' : 'stands', 'data-round': r.id}, el('b', {}, r.name), ` · ${r.vehicle} · `, el('strong', {}, t(r.drives ? 'land_drives' : 'land_stands')), ` · ${t('land_bins', r.n_bin)}`);
  if (r.drives) return row;
  row.append(el('div', {class: 'small'}, t('land_shut') + ': ' + (r.closed_legs.length ? r.closed_legs.map(name).join(', ') : t('land_between'))));
  row.append(el('details', {}, el('summary', {class: 'small'}, t('land_unemptied', r.not_emptied.length)), el('p', {class: 'small'}, r.not_emptied.map(name).join(', '))));
  return row;
}

function draw() {
  translate(document);
  document.title = t('land') + ' · kend';
  drawMap();
  const head = ['', ...columns, ''].map(k => el('th', {}, k ? t('land_' + k) + ', m²' : ''));
  $('areas').replaceChildren(el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...page.land.areas.map(areaRows)));
  $('rounds').hidden = !page.land.rounds.length;
  $('roundlist').replaceChildren(...page.land.rounds.map(roundRow));
  const finds = page.land.finds.map(f => el('li', {}, `${when(f.at_ms)} · ${t('land_finds')} ${f.no}`, f.place ? ' · ' + f.place : '', f.visited ? ' · ' + t('land_visited') : '', f.limited ? ' · ' + t('land_waits') : ''));
  $('finds').replaceChildren(...(finds.length ? finds : [el('li', {class: 'note'}, t('land_no_finds'))]));
  drawReturn(page.households);
  $('head').textContent = t('land_head', page.land.records, page.land.head.slice(0, 16));
}

async function start() {
  $('lang').value = startLanguage();
  translate(document);
  try {
    page.village = await get('api/village');
    learnNames(page.village);
    page.land = await get('api/land');
    page.households = await get('api/return').catch(() => null);
  } catch {
    $('areas').replaceChildren(el('caption', {}, t('land_none')));
    return;
  }
  draw();
  document.body.classList.add('ready');
  $('lang').addEventListener('change', () => { setLanguage($('lang').value); draw(); });
  setInterval(async () => {
    const fresh = await get('api/land').catch(() => null);
    if (!fresh || fresh.head === page.land.head) return;
    page.land = fresh;
    page.households = await get('api/return').catch(() => page.households);
    draw();
  }, 5000);
}
start();
