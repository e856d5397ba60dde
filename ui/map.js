// The place, drawn from the village file alone (no tiles, works without internet). Shape says what a thing is, colour its state; land
// that is not handed over shows its outline and state and nothing else.
import {$, colour, el, tagged} from './dom.js';
import {figure} from './number.js';
import {nameOf} from './names.js';
import {t, has} from './text.js';

const STATUS = {OUT: 1, FAULT: 2, LOST: 4, SHED: 16, UNREACHED: 128};
const plants = new Set(['solar', 'hydro', 'biogas', 'battery', 'pump', 'greenhouse', 'coldstore', 'load', 'grid', 'line', 'station', 'gateway']);
const paint = {home: 'homes', street: 'light', bin: 'soft', solar: 'sun', hydro: 'river', biogas: 'gas', battery: 'battery', pump: 'water', greenhouse: 'farm', coldstore: 'farm', load: 'services'};

export function statusWord(bits) {
  if (bits & STATUS.OUT) return 'st_out';
  if (bits & STATUS.UNREACHED) return 'st_unreached';
  if (bits & STATUS.FAULT) return 'st_fault';
  if (bits & STATUS.LOST) return 'st_lost';
  if (bits & STATUS.SHED) return 'st_shed';
  return 'st_ok';
}
const usable = p => ['commissioned', 'in_use'].includes(p.now ?? p.state);

export class VillageMap {
  constructor(host, village, open) {
    this.village = village;
    this.open = open;
    this.map = L.map(host, {preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false, keyboard: true, scrollWheelZoom: false});
    L.control.zoom({position: 'bottomright'}).addTo(this.map);
    host.setAttribute('role', 'application');
    host.setAttribute('aria-label', t('map'));
    this.map.getContainer().addEventListener('focusin', () => this.map.scrollWheelZoom.enable());
    this.map.on('click', () => this.map.scrollWheelZoom.enable());
    this.base = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.place = new Map(village.places.map(p => [p.id, p]));
    this.assets = village.assets.map((a, index) => ({...a, index, at: this.place.get(a.place)}));
    this.drawBase();
    this.drawAssets();
    this.fit();
    let size = '';
    new ResizeObserver(() => {
      const now = host.clientWidth + 'x' + host.clientHeight;
      if (now === size) return;
      size = now;
      this.map.invalidateSize();
      this.fit();
    }).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.recolour());
  }
  fit() { // where people live and things stand; far fields may lie outside
    const own = this.assets.filter(a => a.at && usable(a.at)).map(a => a.at);
    const points = (own.length ? own : this.village.places).flatMap(p => p.shape === 'area' && own.length ? [this.middle(p)] : p.lonlat).map(([lon, lat]) => [lat, lon]);
    if (points.length) this.map.fitBounds(L.latLngBounds(points), {padding: [22, 22]});
    else this.map.setView([this.village.site.lat_deg, this.village.site.lon_deg], 15);
  }
  drawBase() {
    const order = {field: 0, parcel: 1, river: 2, street: 3};
    const shapes = this.village.places.filter(p => p.shape !== 'point').sort((a, b) => (order[a.kind] ?? 1) - (order[b.kind] ?? 1));
    for (const p of shapes) {
      const ring = p.lonlat.map(([lon, lat]) => [lat, lon]);
      const shape = p.shape === 'area' ? L.polygon(ring, this.areaStyle(p)) : L.polyline(ring, this.lineStyle(p));
      shape.place = p;
      shape.bindTooltip(() => this.placeWords(p), {sticky: true, className: 'tip'});
      shape.addTo(this.base);
    }
  }
  placeWords(p) { return [nameOf(p.name) || p.id, t('place_' + (p.now ?? p.state))].join(' · '); }
  areaStyle(p) {
    if (p.now === 'hazard') return {color: colour('alarm'), weight: 2, dashArray: '4 4', fill: true, fillColor: colour('alarm'), fillOpacity: 0.12};
    if (!usable(p)) return {color: colour('soft'), weight: 1.5, dashArray: '4 4', fill: p.state !== 'hazard', fillColor: colour('line'), fillOpacity: p.state === 'hazard' ? 0 : 0.35};
    if (p.kind === 'field') return {color: colour('farm'), weight: 0.75, fillColor: colour('farm'), fillOpacity: 0.13};
    return {color: colour('line'), weight: 1, fillColor: colour('ground'), fillOpacity: 0.7};
  }
  lineStyle(p) {
    if (p.now === 'hazard') return {color: colour('alarm'), weight: 4, dashArray: '2 6', lineCap: 'round'};
    if (p.kind === 'river') return {color: colour('water'), weight: 5, opacity: 0.55, lineCap: 'round'};
    return {color: colour('road'), weight: 4, lineCap: 'round'};
  }
  drawAssets() {
    this.layer = [];
    for (const a of this.assets) {
      if (!a.at || !usable(a.at)) continue;
      const layer = this.shapeOf(a);
      if (!layer) continue;
      layer.bindTooltip(() => this.words(a), {sticky: true, className: 'tip', direction: 'top'});
      layer.on('click', e => { L.DomEvent.stop(e); this.open(a.id); });
      layer.addTo(this.marks);
      layer.asset = a;
      this.layer.push(layer);
    }
  }
  shapeOf(a) {
    const [lon, lat] = a.at.shape === 'area' ? this.middle(a.at) : a.at.lonlat[Math.floor(a.at.lonlat.length / 2)] ?? [];
    if (lat == null) return null;
    if (a.class === 'street' && a.at.shape === 'line') return L.polyline(a.at.lonlat.map(([x, y]) => [y, x]), this.styleOf(a));
    return L.circleMarker([lat, lon], this.styleOf(a));
  }
  middle(p) {
    const n = Math.max(p.lonlat.length - 1, 1);
    return p.lonlat.slice(0, n).reduce((s, c) => [s[0] + c[0] / n, s[1] + c[1] / n], [0, 0]);
  }
  styleOf(a) {
    const bits = this.status?.[a.index] ?? 0, v = this.value?.[a.index] ?? null;
    const own = colour(paint[a.class] ?? 'grid');
    const radius = a.class === 'home' ? (a.profile && a.profile !== 'household' ? 5.5 : 3.4) : a.class === 'bin' ? 2.6 : 6;
    if (a.class === 'street') {
      const lit = v ?? 0;
      return {color: bits & STATUS.FAULT ? colour('alarm') : lit > 0.02 ? colour('lamp') : colour('road'), weight: 2.2 + 2 * lit, opacity: bits & STATUS.OUT ? 0.3 : 1, dashArray: bits & STATUS.LOST ? '2 5' : null, lineCap: 'round'};
    }
    const style = {radius, weight: plants.has(a.class) ? 1.5 : 0.8, color: colour('card'), fillColor: own, fillOpacity: a.class === 'bin' ? 0.35 + 0.65 * Math.min(v ?? 0, 1) : 0.95, opacity: 1, dashArray: null};
    if (bits & STATUS.FAULT) Object.assign(style, {fillColor: colour('alarm'), radius: radius + 2});
    else if (bits & STATUS.LOST) Object.assign(style, {fillOpacity: 0, color: own, weight: 1.6, dashArray: '2 2'});
    else if (bits & STATUS.OUT) Object.assign(style, {fillColor: colour('soft'), fillOpacity: 0.35});
    else if (bits & STATUS.UNREACHED) Object.assign(style, {color: colour('warn'), weight: 1.6, radius: radius + 1});
    else if (bits & STATUS.SHED) Object.assign(style, {fillOpacity: 0.4});
    return style;
  }
  words(a) {
    const v = this.value?.[a.index], telling = {home: 'x.air_degC', street: 'cmd.dim_frac', bin: 'x.fill_frac'}[a.class];
    const port = this.village.classes[a.class]?.ports.find(p => p.carrier === 'elec')?.name, series = `${a.id}.${telling ?? `flow.${port}_W`}`;
    return el('span', {}, el('span', {class: 'name'}, nameOf(a.name)), ...(v == null ? [] : [' · ', tagged(figure(v, series), series)]), ' · ' + t(statusWord(this.status?.[a.index] ?? 0)));
  }
  update(map) {
    if (!map) return;
    const before = this.value, was = this.status;
    this.status = map.status;
    this.value = map.value;
    for (const layer of this.layer) {
      const i = layer.asset.index;
      if (!before || before[i] !== map.value[i] && layer.asset.class !== 'home' || was[i] !== map.status[i]) layer.setStyle(this.styleOf(layer.asset));
    }
  }
  close(list) { // what the records of the land close now: {id: state}
    for (const p of this.village.places) p.now = list[p.id] ?? null;
    this.base.eachLayer(l => l.setStyle(l.place.shape === 'area' ? this.areaStyle(l.place) : this.lineStyle(l.place)));
  }
  recolour() {
    this.base.eachLayer(l => l.setStyle(l.place.shape === 'area' ? this.areaStyle(l.place) : this.lineStyle(l.place)));
    for (const layer of this.layer) layer.setStyle(this.styleOf(layer.asset));
  }
  legend() {
    const item = (k, word) => el('span', {class: 'key'}, el('i', {class: 'k-' + k, 'aria-hidden': 'true'}), t(word));
    const states = new Set(this.village.places.map(p => p.state));
    const here = new Set(this.village.assets.map(a => a.class)), rows = [['home', 'homes', 'c_home'], ['street', 'lamp', 'c_street'], ['bin', 'bin', 'c_bin'], ['solar', 'sun', 'sun'], ['hydro', 'river', 'river'],
      ['biogas', 'gas', 'gas'], ['battery', 'battery_out', 'store_battery'], ['pump', 'river', 'water'], ['greenhouse', 'farm', 'farm']];
    const list = [...rows.filter(([c]) => here.has(c)).map(([, k, word]) => item(k, word)), item('lostlink', 'st_lost'), item('alarm', 'st_fault')];
    if ([...states].some(s => s !== 'in_use' && s !== 'commissioned')) list.push(item('outline', 'place_hazard'));
    $('maplegend').replaceChildren(...list);
  }
}
export const className = c => has('c_' + c) ? t('c_' + c) : c;
