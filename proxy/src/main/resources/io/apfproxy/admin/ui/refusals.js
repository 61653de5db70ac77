// @ts-check
// The last refusals with their circumstances, as they come.
import {cell, duration, el, name, number, table, text} from './dom.js';
import {store} from './stream.js';

export function refusals() {
  const rows = list('Refusals');
  const would = list('Would have been refused');
  const about = el('p', {class: 'muted'});
  const shadow = el('div', {hidden: true}, el('h3', {}, 'Sent on, as their level holds nobody to its decisions, which would have been to refuse them'), would.element);
  const element = el('section', {}, el('div', {class: 'tools'}, el('h2', {}, 'Refusals')), about, rows.element, shadow);
  rows.element.hidden = true;

  function update() {
    const told = store.refusals;
    if (!told) return;
    const {refused, spared, total, leftOut} = told;
    about.className = total ? 'muted' : 'empty';
    text(about, !total ? 'Nobody was refused so far.'
      : `${number(total)} since the start; the last ${refused.length + spared.length} are here, the newest first.`
        + (leftOut ? ` ${number(leftOut)} came too fast for this list; apf-proxy why finds those that are remembered.` : ''));
    rows.show(refused);
    would.show(spared);
    rows.element.hidden = !refused.length;
    shadow.hidden = !spared.length;
  }

  return {element, title: 'Refusals', topics: ['refusals'], update};
}

/** @param {string} caption */
function list(caption) {
  const {element, body} = table(caption, [['When'], ['Rule'], ['User'], ['Request', 'wide'], ['Level'], ['Seats', 'num'], ['Queue', 'num'], ['Waited', 'num'], ['Heaviest flow', 'wide']]);
  /** @type {Map<any, HTMLElement>} */ const shown = new Map();
  return {
    element,
    /** New ones come in above those that stay, which are not touched. @param {any[]} rows the newest first */
    show(rows) {
      const wanted = new Set(rows);
      for (const [row, line] of shown) {
        if (!wanted.has(row)) {
          line.remove();
          shown.delete(row);
        }
      }
      const first = body.firstChild;
      for (const row of rows) {
        if (shown.has(row)) break;
        const line = show(row);
        shown.set(row, line);
        body.insertBefore(line, first);
      }
    },
  };
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
