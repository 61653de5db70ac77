// @ts-check
// One level: its figures, its five minutes, its schemas, and a square for each of its queues.
import {attribute, cell, count, el, name, number, table, text, wait} from './dom.js';
import {bar, chart, condition, heat, mode} from './plot.js';
import {store} from './stream.js';

/** @param {string} title @param {string[]} kinds @param {string} unit */
function panel(title, kinds, unit) {
  const picture = chart(title, kinds);
  const top = el('span', {class: 'muted small'});
  return {
    element: el('figure', {class: 'panel'}, el('figcaption', {}, title, top), picture.element, el('p', {class: 'axis muted small'}, el('span', {}, '5 min ago'), el('span', {}, 'now'))),
    /** @param {number[][]} series */
    show(series) {
      text(top, `${unit}, 0 to ${number(picture.show(series))}`);
    },
  };
}

/** @param {Record<string, number>} refused by reason */
function refusals(refused) {
  return Object.entries(refused).filter(([, count]) => count).map(([reason, count]) => `${count} ${reason}`).join(', ') || '0';
}

/** @param {string} argument */
export function level(argument) {
  const key = decodeURIComponent(argument);
  const topic = 'queues:' + key;
  const picture = bar();
  const state = el('span', {class: 'state'});
  const facts = el('dl', {class: 'facts'});
  /** @type {Map<string, HTMLElement>} */ const figures = new Map();
  const seats = panel('Seats in use, and the limit', ['used', 'bound'], 'seats');
  const waiting = panel('Waiting', ['waiting'], 'requests');
  const refused = panel('Refused', ['refused'], 'per second');
  const map = el('div', {class: 'map', role: 'list', 'aria-label': 'Queues'});
  const about = el('p', {class: 'muted small'});
  const schemas = table('Schemas that lead here', [['Schema'], ['Waiting', 'num'], ['Executing', 'num'], ['Seats', 'num']]);
  const users = table('Users now', [['User'], ['Seats', 'num'], ['Executing', 'num'], ['Waiting', 'num']]);
  const nobody = el('p', {class: 'muted'}, 'Nobody.');
  const shadow = table('Shadow', [['In shadow'], ['Happened, to all', 'num'], ['Would have, to those in shadow', 'num']]);
  const would = el('div', {class: 'panel', hidden: true}, el('h3', {}, 'What it decides, and what happens'), shadow.element,
    el('p', {class: 'muted small'}, 'The other figures and pictures of this level are of what it decides for all of its requests.'));
  const gone = el('p', {class: 'empty', hidden: true}, 'There is no such level now.');
  const body = el('div', {},
    el('div', {class: 'panel'}, picture.element, facts), would,
    el('div', {class: 'charts'}, seats.element, waiting.element, refused.element),
    el('div', {class: 'panel'}, el('h3', {}, 'Queues'), about, map),
    el('div', {class: 'panel'}, el('h3', {}, 'Who holds and waits for its seats now'), nobody, users.element),
    el('div', {class: 'panel'}, el('h3', {}, 'Schemas'), schemas.element));
  const element = el('section', {},
    el('p', {class: 'back'}, el('a', {href: '#levels'}, '← All levels')), el('h2', {}, name(key), ' ', state), gone, body);
  /** @type {HTMLElement[]} */ let squares = [];

  /** @param {string} title @param {string} value */
  function fact(title, value) {
    let figure = figures.get(title);
    if (!figure) {
      figure = /** @type {HTMLElement} */ (el('dd'));
      figures.set(title, figure);
      facts.append(el('div', {class: 'fact'}, el('dt', {}, title), figure));
    }
    text(figure, value);
  }

  function update() {
    const told = store.topics[topic];
    const known = store.levels.get(key);
    gone.hidden = !(told === null || (told === undefined && store.levels.size > 0 && !known));
    body.hidden = !told;
    if (!told) return;
    const now = told.level;
    const inAll = (/** @type {any} */ refused) => Object.values(refused).reduce((sum, count) => sum + count, 0);
    const spared = now.shadow && {waiting: now.shadow.waiting, refusedInAll: inAll(now.shadow.wouldRefuse)};
    const asLevel = /** @type {any} */ ({...now, refusedInAll: inAll(now.refused), shadow: spared});
    picture.show(asLevel);
    picture.element.hidden = now.exempt;
    attribute(element, 'data-heat', heat(asLevel));
    text(state, condition(asLevel));
    tell(now);
    fact('Seats in use', now.exempt ? `${now.seats}, no limit` : `${now.seats} / ${now.limit}`);
    fact('Holds to its decisions', mode(now.exempt, now.enforcedPercent) || (now.exempt ? 'nobody' : 'everybody'));
    fact('Executing', String(now.executing));
    fact('Waiting', now.queues ? `${now.waiting} of ${count(now.queues * now.queueLengthLimit, 'place')}` : now.exempt ? 'never' : 'no queue');
    fact('Limit', `${now.nominal} nominal, ${now.min} to ${now.max} by lending and borrowing`);
    fact('Wanted, last 10 s', `${count(told.demand.average, 'seat')}, at most ${number(told.demand.high)}`);
    fact('Wait p99', wait(now.wait));
    fact('Refused per second', refusals(now.refused));
    fact('Since the start', `${number(now.dispatched)} dispatched, ${number(now.rejected)} refused`);
    fact('Heaviest flow', now.heaviest ? `${name(now.heaviest[1] || now.heaviest[0])}, ${count(now.heaviest[2], 'seat')}` : '–');
    if (told.history) {
      seats.show([told.history.seats, told.history.limit]);
      waiting.show([told.history.waiting]);
      refused.show([told.history.refused]);
    }
    show(told.queues);
    nobody.hidden = told.users.length > 0;
    users.element.hidden = !told.users.length;
    users.body.replaceChildren(...told.users.map((/** @type {any[]} */ [user, held, executing, waits]) =>
      el('tr', {}, el('th', {scope: 'row', class: 'key'}, name(user)), cell(String(held), 'num', 'Seats'), cell(String(executing), 'num', 'Executing'), cell(String(waits), 'num', 'Waiting'))));
    schemas.body.replaceChildren(...told.schemas.map((/** @type {any[]} */ [schema, waits, executing, held]) =>
      el('tr', {}, el('th', {scope: 'row'}, name(schema)), cell(String(waits), 'num', 'Waiting'), cell(String(executing), 'num', 'Executing'), cell(String(held), 'num', 'Seats'))));
  }

  /** What would have happened beside what did. @param {any} now */
  function tell(now) {
    would.hidden = !now.shadow;
    if (!now.shadow) return;
    const lines = [
      ['Seats held', String(now.shadow.heldSeats), String(now.shadow.wouldHoldSeats)],
      ['Waiting', String(now.shadow.waiting), String(now.shadow.wouldWait)],
      ['Refused per second', refusals(now.refused), refusals(now.shadow.wouldRefuse)],
      ['Wait p99', wait(now.wait), wait(now.shadow.wouldWaitSeconds)],
    ];
    if (!shadow.body.firstChild) {
      shadow.body.append(...lines.map(([title]) => el('tr', {}, el('th', {scope: 'row'}, title), cell('', 'num', 'Happened'), cell('', 'num', 'Would have'))));
    }
    lines.forEach(([, happened, instead], i) => {
      text(shadow.body.children[i].children[1], happened);
      text(shadow.body.children[i].children[2], instead);
    });
  }

  /** @param {any} queues */
  function show(queues) {
    const number = Math.ceil(queues.number / queues.group);
    if (squares.length !== number) {
      squares = Array.from({length: number}, () => el('span', {class: 'square', role: 'listitem'}));
      map.replaceChildren(...squares);
    }
    text(about, queues.number === 0 ? 'This level has no queues.'
      : `${count(queues.number, 'queue')} of at most ${count(queues.limit, 'request')} each, ${queues.made} used since the start`
        + (queues.group > 1 ? `; a square is ${queues.group} queues, its number the longest of them.` : '; a square’s number is how many wait in it.'));
    const busy = new Map(queues.squares.map((/** @type {number[]} */ square) => [square[0] / queues.group, square]));
    squares.forEach((square, i) => {
      const [, waits, executing, held] = busy.get(i) ?? [0, 0, 0, 0];
      const part = queues.limit ? waits / queues.limit : 0;
      attribute(square, 'data-full', part >= 1 ? 'full' : part > 0.5 ? 'most' : waits ? 'some' : executing ? 'served' : 'none');
      text(square, waits ? String(waits) : '');
      attribute(square, 'aria-label', `queue ${i * queues.group}: ${waits} waiting, ${executing} executing, ${count(held, 'seat')}`);
      attribute(square, 'title', square.getAttribute('aria-label') ?? '');
    });
  }

  return {element, title: name(key), topics: ['levels', topic], update};
}
