// @ts-check
// The proxy as a whole, and what is in trouble.
import {attribute, count, el, number, text} from './dom.js';
import {store} from './stream.js';

const section = /** @type {HTMLElement} */ (document.getElementById('head'));
const FEW_DAYS = 14;
/** @type {Record<string, HTMLElement>} */ const figures = {};
const troubles = el('ul', {class: 'troubles'});

/** @param {string} name @param {string} title */
function figure(name, title) {
  figures[name] = el('dd', {});
  return el('div', {class: 'fact'}, el('dt', {}, title), figures[name]);
}

section.append(
  el('dl', {class: 'facts'},
    figure('seats', 'Seats in use'),
    figure('waiting', 'Waiting'),
    figure('refused', 'Refused per second'),
    figure('upstream', 'Upstream'),
    figure('ready', 'Ready'),
    figure('streams', 'Watching this page')),
  troubles);

export function hide() {
  section.hidden = true;
}

export function update() {
  const up = store.upstream;
  if (!up) return;
  section.hidden = false;
  const bad = up.checks.filter((/** @type {any} */ check) => !check.ok);
  text(figures.seats, up.pools.length ? String(sumOf(up.pools)) : `${up.seats} / ${up.limit}`);
  text(figures.waiting, up.pools.length ? '–' : number(up.waiting));
  text(figures.refused, up.pools.length ? '–' : number(up.refused));
  text(figures.upstream, (up.serverVersion || 'unknown version') + ' at ' + up.server.replace(/^https?:\/\//, ''));
  text(figures.ready, bad.length ? `no: ${bad.map((/** @type {any} */ check) => check.name).join(', ')}` : `yes, ${count(up.checks.length, 'check')}`);
  attribute(figures.ready, 'class', bad.length ? 'bad' : 'good');
  text(figures.streams, String(Math.max(1, up.streams))); // the sample may be of before this page came
  text(/** @type {Element} */ (document.getElementById('product')), store.product);
  attribute(/** @type {Element} */ (document.getElementById('pulse')), 'data-beat', String(store.tick % 2));
  const lines = trouble(up);
  const shown = lines.join('\n');
  if (troubles.dataset.shown !== shown) {
    troubles.dataset.shown = shown;
    troubles.replaceChildren(...lines.map(line => el('li', {}, line)));
  }
}

/** @param {{executing: number}[]} pools */
function sumOf(pools) {
  return pools.reduce((all, pool) => all + pool.executing, 0);
}

/** @param {number} days */
function left(days) {
  return days < 0 ? 'expired' : days < 1 ? 'less than a day left' : days < 2 ? '1 day left' : Math.floor(days) + ' days left';
}

/** @param {any} up @returns {string[]} */
function trouble(up) {
  const lines = [];
  for (const check of up.checks) {
    if (check.note || !check.ok) lines.push(`${check.name}: ${check.note || 'not met'}`);
  }
  for (const bound of up.bounds) {
    lines.push(`${bound.rule}: ${Math.floor(100 * bound.used / bound.limit)} % of ${number(bound.limit)} used`);
  }
  for (const certificate of up.certificates) {
    if (certificate.days < FEW_DAYS) lines.push(`certificate ${certificate.name}: ${left(certificate.days)}`);
  }
  if (up.lost > 0) lines.push(`top talkers: ${count(up.lost, 'request')} could not be counted`);
  return lines;
}
