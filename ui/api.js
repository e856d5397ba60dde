// Talking to kend: JSON calls with the token, and live events that say when they are lost.
const memory = {token: null};

export function token() {
  const given = /[#&]token=([\w-]+)/.exec(location.hash);
  if (given) {
    memory.token = given[1];
    try { sessionStorage.setItem('kend-token', given[1]); } catch { /* private mode: kept for this page only */ }
    history.replaceState(null, '', location.pathname + location.search);
  }
  if (!memory.token) try { memory.token = sessionStorage.getItem('kend-token'); } catch { /* as above */ }
  return memory.token;
}
export function setToken(text) {
  memory.token = text;
  try { sessionStorage.setItem('kend-token', text); } catch { /* as above */ }
}

export class Refused extends Error {
  constructor(status, text) { super(text); this.status = status; }
}
async function read(response) {
  const body = await response.json().catch(() => ({error: response.statusText}));
  if (!response.ok) throw new Refused(response.status, body.error || response.statusText);
  return body;
}
export async function get(path, query) {
  return read(await fetch(path + (query ? '?' + new URLSearchParams(query) : ''), {cache: 'no-store'}));
}
export async function post(path, body) {
  const headers = {'Content-Type': 'application/json'};
  if (token()) headers['X-Kend-Token'] = token();
  return read(await fetch(path, {method: 'POST', headers, body: JSON.stringify(body)}));
}

// onState(state), onLost(seconds since the last word or null when live). A browser that gives up is dialled again.
export function live(onState, onLost) {
  let source, last = Date.now(), wait = 1000;
  const dial = () => {
    source?.close();
    source = new EventSource('api/events');
    source.addEventListener('state', e => {
      last = Date.now();
      wait = 1000;
      onLost(null);
      onState(JSON.parse(e.data));
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(dial, wait);
      wait = Math.min(wait * 2, 15000);
    };
  };
  dial();
  setInterval(() => {
    const silent = (Date.now() - last) / 1000;
    if (silent > 7) onLost(silent);
  }, 1000);
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', e => { if (e.persisted) dial(); });
}
