// "I found something": works without login and without a network. A report is first kept on this phone, then sent; it is taken out of the
// queue only when kend has answered. Each carries its own id, so that one that is sent twice counts once.
import {$, el} from './dom.js';
import {startLanguage, setLanguage, language, translate, t} from './text.js';

const store = { // the phone's own memory; where a browser forbids it, this page only
  queue: [],
  read(key, otherwise) { try { return JSON.parse(localStorage.getItem('kend-' + key)) ?? otherwise; } catch { return otherwise; } },
  write(key, value) { try { localStorage.setItem('kend-' + key, JSON.stringify(value)); } catch { /* kept in memory */ } },
};
const sent = new Set(); // of this page
let position = null, form = store.read('found-form', {call: '', places: []}), sending = false;

// What waits: in the phone's memory, where another page of it may have put something meanwhile, and in this page's own.
function waiting() {
  const all = [...store.read('found', []), ...store.queue];
  store.queue = all.filter((r, i) => !sent.has(r.report) && all.findIndex(o => o.report === r.report) === i);
  return store.queue;
}
function keep(report) {
  waiting().push(report);
  store.write('found', store.queue);
}
function forget(id) {
  sent.add(id);
  store.write('found', waiting());
}
const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('');

function say(key) { $('answer').textContent = t(key); }

// Sends what waits, oldest first. One that kend says it cannot read does not hold up the others; whatever else answers for it (a proxy, a page
// to log in at) has not taken it.
const BROKEN = [400, 413, 422];
async function send() {
  if (sending || !waiting().length) return;
  sending = true;
  say('found_sending');
  for (const report of [...store.queue]) {
    try {
      const answer = await fetch('api/found', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(report)});
      if (!answer.ok && !BROKEN.includes(answer.status)) throw new Error(answer.statusText);
      const body = await answer.json();
      if (answer.ok && !body.key) throw new Error('not of kend');
      forget(report.report);
      say(body.key ?? 'found_unsaved');
    } catch {
      say('found_queued');
      break;
    }
  }
  sending = false;
}

function drawForm() {
  const number = form.call || '…';
  $('call').textContent = t('found_call', number);
  if (form.call) $('call').href = 'tel:' + form.call.replace(/[^+\d]/g, '');
  $('place').replaceChildren(el('option', {value: ''}, t('found_no_place')), ...form.places.map(p => el('option', {value: p.id}, p.names?.[language()] ?? p.name)));
}

async function learn() { // the number and the places, kept for when there is no network
  try {
    form = await (await fetch('api/found', {cache: 'no-store'})).json();
    store.write('found-form', form);
  } catch { /* what was kept */ }
  drawForm();
}

function locate() {
  if (!navigator.geolocation) return $('position').textContent = t('found_no_position');
  navigator.geolocation.getCurrentPosition(p => {
    position = [p.coords.longitude, p.coords.latitude];
    $('position').textContent = t('found_position', Math.round(p.coords.accuracy));
  }, () => { $('position').textContent = t('found_no_position'); }, {enableHighAccuracy: true, timeout: 20000});
}

async function digest(file) { // the picture stays here; its digest proves later that it is this one
  if (!file || !crypto.subtle) return null;
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(hash)].map(b => b.toString(16).padStart(2, '0')).join('');
}

async function submit(event) {
  event.preventDefault();
  const report = {report: newId()}, photo = await digest($('photo').files[0]).catch(() => null);
  if ($('text').value.trim()) report.text = $('text').value.trim();
  if ($('place').value) report.place = $('place').value;
  if (position) report.position = position;
  if (photo) report.photo_sha256 = photo;
  keep(report);
  $('form').reset();
  position = null; // the next one is somewhere else
  $('position').textContent = '';
  send();
}

$('lang').value = startLanguage();
$('lang').addEventListener('change', () => { setLanguage($('lang').value); translate(document); drawForm(); });
translate(document);
drawForm();
learn();
$('here').addEventListener('click', locate);
$('form').addEventListener('submit', submit);
addEventListener('online', send);
setInterval(send, 20000);
send();
if (navigator.serviceWorker) navigator.serviceWorker.register('found-worker.js').catch(() => { /* no TLS on this address: the open page still queues */ });
