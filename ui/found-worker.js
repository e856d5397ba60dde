// Keeps the page "I found something" on the phone, so that it opens where there is no network. It answers for this page's own files and
// nothing else; the village's live figures never come from here.
const NAME = 'kend-found-1';
const FILES = ['found.html', 'found.js', 'dom.js', 'number.js', 'text.js', 'style.css', 'icon.svg', 'api/found'];

self.addEventListener('install', event => {
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const path = new URL(event.request.url).pathname.slice(1);
  if (event.request.method !== 'GET' || !FILES.includes(path)) return;
  event.respondWith(fetch(event.request).then(fresh => {
    const copy = fresh.clone();
    if (fresh.ok) event.waitUntil(caches.open(NAME).then(cache => cache.put(event.request, copy)));
    return fresh;
  }).catch(() => caches.match(event.request, {ignoreSearch: true})));
});
