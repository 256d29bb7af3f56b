const OWN = 'my token';
const NONE = 'no token';

const element = (id) => document.getElementById(id);
const state = await (await fetch('/state')).json();
let socket;

/** Adds a line to a list and keeps it in sight. */
function show(list, text, className = '') {
  const item = document.createElement('li');
  item.textContent = text;
  item.className = className;
  element(list).append(item);
  item.scrollIntoView({ block: 'nearest' });
}

function showConnection(text, className, open = false) {
  element('connection').textContent = text;
  element('connection').className = className;
  element('send').querySelector('button').disabled = !open;
}

async function tokenOf(kind) {
  if (kind === OWN) return state.accessToken;
  if (kind === NONE) return undefined;
  return (await fetch(`/token?kind=${encodeURIComponent(kind)}`)).json();
}

for (const kind of [...(state.accessToken ? [OWN] : []), NONE, ...state.tokens]) {
  element('token').add(new Option(kind));
}
if (state.accessToken) {
  const { sub } = JSON.parse(atob(state.accessToken.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  element('who').textContent = `Signed in as ${sub}.`;
}

element('connect').addEventListener('submit', async (event) => {
  event.preventDefault();
  socket?.close();
  showConnection('Connecting …', '');
  const kind = element('token').value;
  let token;
  try {
    token = await tokenOf(kind);
  } catch {
    return showConnection('There is no token of that kind: the local run has ended, or its provider is down.', 'bad');
  }
  const current = new WebSocket(token === undefined ? state.apiUrl : `${state.apiUrl}?authorization=${token}`);
  socket = current;
  current.onopen = () => showConnection(`Connected with ${kind}.`, 'good', true);
  current.onmessage = ({ data }) => show('frames', `← ${data}`);
  current.onclose = ({ code }) => {
    if (socket === current) showConnection(`Closed with code ${code}.${code === 1006 ? ' If API Gateway refused it, the reason stands below.' : ''}`, 'bad');
  };
  return undefined;
});

element('send').addEventListener('submit', (event) => {
  event.preventDefault();
  socket.send(element('frame').value);
  show('frames', `→ ${element('frame').value}`);
});

new EventSource('/events').onmessage = ({ data }) => {
  const { kind, status, reason, connectionId, function: name, line } = JSON.parse(data);
  if (kind === 'log') show('log', `${name}  ${line}`, line.includes('"outcome":"deny"') ? 'bad' : '');
  else show('log', `API Gateway  ${status} ${reason}  ${connectionId}`, status === 101 ? 'good' : 'bad');
};
