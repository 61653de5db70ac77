// @ts-check
// The refusals that the proxy remembers, with their circumstances.
import {cell, duration, el, name, number, table, text} from './dom.js';
import {ask} from './stream.js';

const PERIOD = 2000;

export function refusals() {
  const rows = list('Refusals');
  const would = list('Would have been refused');
  const about = el('p', {class: 'muted'});
  const shadow = el('div', {hidden: true}, el('h3', {}, 'Sent on, as their level holds nobody to its decisions, which would have been to refuse them'), would.element);
  const element = el('section', {}, el('div', {class: 'tools'}, el('h2', {}, 'Refusals')), about, rows.element, shadow);
  rows.element.hidden = true;

  async function look() {
    const answer = await ask('/debug/apf-proxy/refusals');
    if (!answer.ok) {
      rows.element.hidden = shadow.hidden = true;
      text(about, 'The refusals cannot be read: ' + (await answer.text()).trim());
      return;
    }
    const told = await answer.json();
    const [refused, spared] = [false, true].map(wanted => told.rows.filter((/** @type {any} */ row) => Boolean(row.would) === wanted).slice(0, 200));
    text(about, told.rows.length ? `${number(told.remembered)} remembered of ${number(told.total)} since the start; the newest first.` : 'Nobody was refused so far.');
    rows.body.replaceChildren(...refused.map(show));
    would.body.replaceChildren(...spared.map(show));
    rows.element.hidden = told.rows.length > 0 && !refused.length;
    shadow.hidden = !spared.length;
  }

  const repeat = () => look().catch(() => {}); // the banner says what is wrong
  const timer = setInterval(repeat, PERIOD);
  repeat();
  return {element, title: 'Refusals', close: () => clearInterval(timer)};
}

/** @param {string} caption */
function list(caption) {
  return table(caption, [['When'], ['Rule'], ['User'], ['Request', 'wide'], ['Level'], ['Seats', 'num'], ['Queue', 'num'], ['Waited', 'num'], ['Heaviest flow', 'wide']]);
}

/** @param {any} row */
function show(row) {
  const of = (/** @type {any} */ value) => name(String(value ?? '') || '–');
  const pair = (/** @type {any} */ value, /** @type {any} */ limit) => limit > 0 ? `${value} / ${limit}` : '–';
  const heaviest = row.heaviestFlow;
  return el('tr', {},
    el('th', {scope: 'row', title: 'audit id ' + of(row.auditId)}, of(row.time).slice(11, 19)),
    cell(`${row.code ?? ''} ${of(row.rule)}`, '', 'Rule'),
    cell(of(row.user), 'key', 'User'),
    cell(of(row.request), 'wide', 'Request'),
    cell(row.priorityLevel ? el('a', {href: '#level/' + encodeURIComponent(row.priorityLevel)}, of(row.priorityLevel)) : '–', '', 'Level'),
    cell(pair(row.inUse, row.limit), 'num', 'Seats'),
    cell(pair(row.queueLength, row.queueLengthLimit), 'num', 'Queue'),
    cell(duration(row.waitedSeconds), 'num', 'Waited'),
    cell(heaviest ? of(heaviest.flowDistinguisher || heaviest.flowSchema) : '–', 'wide', 'Heaviest flow'));
}
