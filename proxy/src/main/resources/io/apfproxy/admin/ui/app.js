// @ts-check
// The page: which view is shown, what is wrong, and what the keys do.
import {count, el, text} from './dom.js';
import {connect, listen, store, watch} from './stream.js';
import * as head from './head.js';
import * as states from './states.js';
import {levels} from './levels.js';
import {level} from './queues.js';
import {talkers} from './talkers.js';
import {refusals} from './refusals.js';
import {sources} from './sources.js';
import {explain} from './explain.js';

/** @typedef {{element: HTMLElement, title: string, topics?: string[], update?: () => void, close?: () => void}} View */

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const keys = /** @type {HTMLDialogElement} */ (document.getElementById('keys'));
const VIEWS = {levels, level, talkers, refusals, sources, explain};
/** @type {View} */ let view = {element: main, title: ''};
let ready = false;
/** @type {string[]} */ let topics = [];
/** when the view was chosen, in milliseconds of this page */ let chosen = 0;

function route() {
  const hash = location.hash.slice(1) || 'levels';
  const [, word, argument = ''] = /^([a-z]*)[/?]?(.*)$/s.exec(hash) ?? [];
  if (!Object.hasOwn(VIEWS, word ?? '') || (word === 'level' && !isReadable(argument))) {
    if (hash !== 'main') location.replace('#levels');
    return;
  }
  const make = VIEWS[/** @type {keyof typeof VIEWS} */ (word)];
  view.close?.();
  view = make(argument, topicsOf);
  document.title = view.title + ' – apf-proxy';
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.getAttribute('href') === '#' + (word === 'level' ? 'levels' : word);
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  topicsOf(view.topics ?? []);
  chosen = performance.now();
  main.replaceChildren();
  if (ready) show();
}

/** Whether it is encoded as names in addresses are; people write and cut them. @param {string} argument */
function isReadable(argument) {
  try {
    return typeof decodeURIComponent(argument) === 'string';
  } catch {
    return false;
  }
}

/** @param {string[]} wanted those of the view; the head has its own */
function topicsOf(wanted) {
  topics = ['upstream', ...wanted];
  watch(topics);
}

function show() {
  if (topics.some(topic => !(topic in store.at))) return; // not told yet is not empty
  if (store.upstream?.pools.length && view.topics?.includes('levels')) {
    main.replaceChildren(states.pools());
    return;
  }
  if (view.element.parentNode !== main) main.replaceChildren(view.element);
  view.update?.();
}

listen((what, detail) => {
  if (what === 'hello' || what === 'tick') {
    ready = true;
    states.well();
    head.update();
    show();
    tellAge();
  } else if (what === 'right') {
    ready = false;
    head.hide();
    main.replaceChildren(states.right(detail));
    tellAge();
  } else if (what === 'full') {
    states.full(detail);
  } else {
    states.lost(detail, connect);
  }
});

addEventListener('hashchange', route);
addEventListener('keydown', event => {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  if (event.key === 'Escape' && !keys.open) {
    if (typing) target.blur();
    else if (location.hash.startsWith('#level/')) location.hash = '#levels';
  } else if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key === '/') {
    const filter = /** @type {HTMLElement | null} */ (document.querySelector('[data-filter]'));
    if (filter) {
      event.preventDefault();
      filter.focus();
    }
  } else if (event.key === '?') {
    keys.showModal();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('tbody a')]);
    const at = rows.indexOf(/** @type {any} */ (document.activeElement));
    if (rows.length && (at >= 0 || target === document.body || target === main)) {
      event.preventDefault();
      rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
    }
  }
});
document.getElementById('help')?.addEventListener('click', () => keys.showModal());
document.getElementById('keys-close')?.addEventListener('click', () => keys.close());

/** Says how old the figures are, the oldest of them: as soon as there are any. */
function tellAge() {
  if (!main.firstChild && performance.now() - chosen > 1000) states.loading(main);
  const age = /** @type {HTMLElement} */ (document.getElementById('age'));
  const told = store.told && Math.min(...topics.filter(topic => topic in store.at).map(topic => store.at[topic]));
  const seconds = Math.floor((performance.now() - told) / 1000);
  const old = told > 0 && seconds > 3;
  document.body.classList.toggle('old', old);
  text(age, !told ? '' : old ? `these figures are ${seconds} s old` : `as of ${store.time.slice(11, 19)} UTC` + (store.missed ? `, ${count(store.missed, 'tick')} missed` : ''));
  if (old) states.old();
}
setInterval(tellAge, 500);

route();
