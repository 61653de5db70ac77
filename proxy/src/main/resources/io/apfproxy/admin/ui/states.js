// @ts-check
// What is shown when all is not well.
import {el, text} from './dom.js';
import {identify, store} from './stream.js';

const banner = /** @type {HTMLElement} */ (document.getElementById('banner'));
let said = '';

/** @param {string} what @param {...(Node | string)} content */
function say(what, ...content) {
  if (said !== what) {
    said = what;
    banner.replaceChildren(...content);
    banner.dataset.kind = what.split(' ')[0];
  }
}

/** All is well; another version may have come meanwhile. */
export function well() {
  if (store.first !== store.product) {
    say('upgraded', `The proxy is now ${store.product}, this page is of ${store.first}. `,
      el('button', {type: 'button', on: {click: () => location.reload()}}, 'Reload'));
  } else {
    say('');
  }
}

/** @param {number} seconds until it is tried again @param {() => void} again */
export function lost(seconds, again) {
  say('lost ' + seconds, `The proxy does not answer. Next try in ${seconds}\u00a0s. `,
    el('button', {type: 'button', on: {click: again}}, 'Try now'));
}

/** Their age stands below. */
export function old() {
  if (!said) say('silent', 'The proxy tells nothing; the figures below are of before.');
}

/** @param {string} why */
export function full(why) {
  say('full', `Too many are watching: ${why.trim()}. Trying again.`);
}

/** @param {HTMLElement} main */
export function loading(main) {
  if (!main.firstChild) main.replaceChildren(el('p', {class: 'loading'}, 'Waiting for the proxy’s first figures…'));
}

/** No right: asks for a token, or says which right is missing. @param {{status: number, why: string, token: boolean}} refusal */
export function right(refusal) {
  say('');
  const field = el('input', {id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true});
  const form = el('form', {class: 'panel narrow'},
    el('h2', {}, 'Who are you?'),
    el('p', {}, 'The figures name users, so they are for those who may read them. A token says who you are:'),
    el('pre', {}, 'kubectl create token ACCOUNT'),
    el('label', {for: 'token'}, 'Token'), field,
    el('button', {type: 'submit'}, 'Show the figures'),
    el('p', {class: 'muted'}, 'It stays in this page’s memory, and is gone when the page is.'));
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    identify(field.value);
  });
  if (refusal.status === 403 || refusal.token) {
    form.insertBefore(el('p', {class: 'wrong', role: 'alert'},
      refusal.status === 401 ? 'This token is not valid. ' : 'That is not allowed. ', refusal.why.trim(),
      el('br'), 'Ask for the ClusterRole apf-proxy-viewer of its chart: it has get on nonResourceURLs /debug/apf-proxy/*.'), form.children[1]);
  }
  return form;
}

/** The classic limits: two pools, and nobody waits. */
export function pools() {
  return el('section', {class: 'panel'},
    el('h2', {}, 'Two limits, no queues'),
    el('p', {class: 'muted'}, 'Priority and fairness is switched off: what finds no place is refused at once.'),
    ...store.upstream.pools.map((/** @type {any} */ pool) =>
      el('div', {class: 'pool'},
        el('strong', {}, pool.name),
        el('span', {class: 'figure'}, pool.limit ? `${pool.executing} / ${pool.limit}` : `${pool.executing}, unlimited`),
        pool.limit ? el('meter', {min: 0, max: pool.limit, value: pool.executing, 'aria-label': pool.name}) : null)));
}
