// @ts-check
// Who uses the proxy most, and who is refused.
import {cell, count, duration, el, name, number, table, text} from './dom.js';
import {store} from './stream.js';

const BY = ['user', 'agent', 'namespace', 'what', 'address', 'flow'];
const WINDOWS = ['10s', '1m', '10m'];
const SORTS = ['seat-seconds', 'requests', 'refused', 'wait', 'bytes'];
const chosen = {by: 'user', window: '1m', sort: 'seat-seconds'};

/** @param {any} of a figure and by how much it may be too low @param {(value: number) => string} shown @param {number} [per] */
function figure(of, shown, per = 1) {
  const text = shown(of.value / per);
  return of.error > 0.05 * of.value
    ? el('span', {title: `at most ${shown((of.value + of.error) / per)}`}, '~' + text) : text;
}

/** @param {string} _ @param {(topics: string[]) => void} watch */
export function talkers(_, watch) {
  const topic = () => `top:${chosen.by}:${chosen.window}:${chosen.sort}`;
  const rows = table('Top talkers', [['Who'], ['Requests/s', 'num'], ['Seats', 'num'], ['Wait', 'num'], ['Bytes/s', 'num'], ['Refused/s', 'num'], ['Why', 'wide']]);
  const about = el('p', {class: 'muted small'});
  const none = el('p', {class: 'empty', hidden: true}, 'Nobody is counted: the proxy runs with --top-counters=0.');

  /** @param {keyof typeof chosen} which @param {string} title @param {string[]} values */
  function choice(which, title, values) {
    const select = el('select', {id: 'choose-' + which}, ...values.map(value => el('option', {value, selected: value === chosen[which]}, value)));
    select.addEventListener('change', () => {
      chosen[which] = select.value;
      rows.body.replaceChildren();
      watch([topic()]);
    });
    return el('label', {for: 'choose-' + which}, title + ' ', select);
  }

  const element = el('section', {}, el('div', {class: 'tools'}, el('h2', {}, 'Top talkers'), choice('by', 'by', BY), choice('window', 'of the last', WINDOWS), choice('sort', 'sorted by', SORTS)), none, rows.element, about);

  function update() {
    const told = store.topics[topic()];
    if (told === undefined) return;
    none.hidden = told !== null;
    rows.element.hidden = !told?.rows.length;
    if (told === null) return;
    about.className = told.rows.length ? 'muted small' : 'empty';
    const seconds = Math.max(told.seconds, 1);
    rows.body.replaceChildren(...told.rows.map((/** @type {any} */ row) => {
      const why = Object.entries(row.refusedBy).sort((/** @type {any} */ a, /** @type {any} */ b) => b[1].value - a[1].value).slice(0, 2).map(([rule]) => rule).join(', ');
      const mean = row.requests.value ? row.waitSeconds.value / row.requests.value : 0;
      return el('tr', {},
        el('th', {scope: 'row', class: 'key'}, name(row.key), row.certain ? null : el('span', {class: 'muted small', title: 'the next one may have as much'}, ' ±')),
        cell(figure(row.requests, number, seconds), 'num', 'Requests/s'),
        cell(figure(row.seatSeconds, number, seconds), 'num', 'Seats'),
        cell(duration(mean), 'num', 'Wait'),
        cell(figure(row.bytes, number, seconds), 'num', 'Bytes/s'),
        cell(figure(row.refused, number, seconds), 'num', 'Refused/s'),
        cell(why || '–', 'wide', 'Why'));
    }));
    text(about, told.rows.length
      ? `${count(told.total.requests, 'request')} in ${number(told.seconds)} s. Seats are the mean of those held; ~ marks what may be over 5 % too low.`
        + (told.lost ? ` ${count(told.lost, 'request')} could not be counted.` : '')
      : 'No request has ended in this time. Levels shows who holds seats and waits now.');
  }

  return {element, title: 'Talkers', topics: [topic()], update};
}
