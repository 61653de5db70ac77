// @ts-check
// All priority levels, the nearest to its limit first.
import {attribute, cell, count, el, name, number, table, text, wait} from './dom.js';
import {bar, condition, heat, mode, sparkline} from './plot.js';
import {store} from './stream.js';

const ROWS = 100;
const SORT_TICKS = 5;

/** How near a level is to its limit. @param {import('./stream.js').Level} level */
function nearness(level) {
  const use = level.limit > 0 ? level.seats / level.limit : level.seats > 0 ? 1 : 0;
  const places = level.queues * level.length;
  return (level.exempt ? -1 : 0) + (level.refusedInAll > 0 ? 2 : level.shadow?.refusedInAll ? 1 : 0) + (level.waiting > 0 ? 1 + (places ? level.waiting / places : 0) : 0) + use;
}

/** @param {number[]} refused */
function reasons(refused) {
  return refused.map((count, i) => count ? store.reasons[i] : '').filter(Boolean).join(', ');
}

/** A row that is kept as long as its level is there. @param {string} key */
function row(key) {
  const link = el('a', {href: '#level/' + encodeURIComponent(key)}, name(key));
  const state = el('span', {class: 'state'});
  const held = el('span', {class: 'held muted small'});
  const seats = el('span', {class: 'figure'});
  const picture = bar();
  const moved = el('span', {class: 'muted small'});
  const waiting = el('span', {class: 'figure'});
  const places = el('span', {class: 'muted small'});
  const refused = el('span', {class: 'figure'});
  const why = el('span', {class: 'muted small'});
  const waited = el('span', {class: 'figure'});
  const would = el('span', {class: 'muted small'});
  const flow = el('span', {class: 'flow'});
  const line = sparkline();
  let stamp = -1;
  let seen = false;
  /** @type {import('./stream.js').Level | null} */ let undrawn = null;
  const element = el('tr', {role: 'row'},
    el('th', {scope: 'row', role: 'rowheader'}, link, state, held),
    cell(el('span', {class: 'stack'}, el('span', {class: 'pair'}, seats, moved), picture.element), 'seats', 'Seats'),
    cell(el('span', {class: 'stack'}, waiting, places), 'num', 'Waiting'),
    cell(el('span', {class: 'stack'}, refused, why), 'num', 'Refused/s'),
    cell(el('span', {class: 'stack'}, waited, would), 'num', 'Wait p99'),
    cell(flow, 'wide', 'Heaviest flow'),
    cell(line.element, 'spark', '5 min'));

  /** Pictures are for eyes: they are drawn where they can be seen. @param {import('./stream.js').Level} level */
  function draw(level) {
    undrawn = seen ? null : level;
    if (!seen) return;
    picture.element.hidden = level.exempt;
    picture.show(level);
    line.show(level.use, 60);
  }

  return {
    element,
    /** Whether it is on the screen, or nearly. @param {boolean} now */
    see(now) {
      seen = now;
      if (undrawn) draw(undrawn);
    },
    /** @param {import('./stream.js').Level} level */
    show(level) {
      if (level.stamp === stamp) return;
      stamp = level.stamp;
      attribute(element, 'data-heat', heat(level));
      text(state, condition(level));
      text(held, mode(level.exempt, level.enforced));
      text(seats, level.exempt ? `${level.seats}, no limit` : `${level.seats} / ${level.limit}`);
      const difference = level.limit - level.nominal;
      const shadow = level.shadow;
      text(moved, shadow && shadow.held !== level.seats ? `${shadow.held} really held` : level.exempt || difference === 0 ? '' : difference > 0 ? `${difference} borrowed` : `${-difference} lent`);
      text(waiting, level.queues ? String(shadow ? shadow.waiting : level.waiting) : '–');
      text(places, shadow?.wouldWait ? `${shadow.wouldWait} would` : level.queues ? `of ${count(level.queues * level.length, 'place')}` : level.exempt ? 'never waits' : 'no queue');
      text(refused, number(level.refusedInAll));
      text(why, shadow?.refusedInAll ? `${number(shadow.refusedInAll)} would: ${reasons(shadow.refused)}` : reasons(level.refused));
      text(waited, wait(level.wait));
      would.hidden = !shadow;
      text(would, typeof shadow?.wait === 'number' ? `would ${wait(shadow.wait)}` : '');
      text(flow, level.heaviest ? `${name(level.heaviest[1] || level.heaviest[0])}, ${count(level.heaviest[2], 'seat')}` : '–');
      attribute(flow, 'title', level.heaviest ? `schema ${name(level.heaviest[0])}` : '');
      draw(level);
    },
  };
}

export function levels() {
  const filter = el('input', {type: 'search', 'data-filter': true, 'aria-label': 'Filter levels by name', placeholder: 'Filter  /', autocomplete: 'off', spellcheck: 'false'});
  const count = el('span', {class: 'muted', id: 'count'});
  const all = el('button', {type: 'button', hidden: true}, '');
  const columns = table('Priority levels', [['Level'], ['Seats in use of the limit', 'seats'], ['Waiting', 'num'], ['Refused/s', 'num'], ['Wait p99', 'num'], ['Heaviest flow of 10 s', 'wide'], ['5 minutes', 'spark']], 'levels');
  const empty = el('p', {class: 'empty', hidden: true}, 'No request in the last five minutes. Try: ', el('code', {}, 'kubectl --kubeconfig through-proxy.kubeconfig get ns'));
  const inShadow = el('span', {hidden: true}, ' Of a level in shadow: what happens, and beside it what would.');
  const legend = el('p', {class: 'legend muted small'},
    'In a bar: ', el('i', {class: 'key used'}), ' seats in use, ', el('i', {class: 'key nominal'}), ' nominal limit, ', el('i', {class: 'key min'}), ' least, ',
    el('i', {class: 'key max'}), ' most, ', el('i', {class: 'key borrowed'}), ' borrowed, ', el('i', {class: 'key lent'}), ' lent. Wait p99 is an upper bound over 10 s.', inShadow);
  const element = el('section', {}, el('div', {class: 'tools'}, el('h2', {}, 'Priority levels'), filter, count, all), empty, columns.element, legend);
  /** @type {Map<string, ReturnType<typeof row>>} */ const rows = new Map();
  /** @type {WeakMap<Element, ReturnType<typeof row>>} */ const rowOf = new WeakMap();
  const eyes = new IntersectionObserver(changes => {
    for (const change of changes) rowOf.get(change.target)?.see(change.isIntersecting);
  }, {rootMargin: '300px'});
  /** @type {string[]} */ let order = [];
  let most = ROWS;
  let sorted = -SORT_TICKS;
  let filtered = '';

  function sort() {
    const wanted = filter.value.trim().toLowerCase();
    const found = [...store.levels.values()].filter(level => level.name.toLowerCase().includes(wanted));
    const resort = wanted !== filtered || store.tick - sorted >= SORT_TICKS || store.tick < sorted;
    const busy = columns.element.contains(document.activeElement) || columns.element.matches(':hover');
    if (wanted === filtered && order.length && found.length === order.length && (busy || !resort)) return;
    filtered = wanted;
    sorted = store.tick;
    order = found.sort((a, b) => nearness(b) - nearness(a) || (a.name < b.name ? -1 : 1)).map(level => level.name);
  }

  /** @param {string} key */
  function added(key) {
    const made = row(key);
    rows.set(key, made);
    rowOf.set(made.element, made);
    eyes.observe(made.element);
    return made;
  }

  function update() {
    sort();
    const shown = order.slice(0, most).filter(key => store.levels.has(key));
    const wanted = new Set(shown);
    for (const [key, kept] of rows) {
      if (!wanted.has(key)) {
        eyes.unobserve(kept.element);
        kept.element.remove();
        rows.delete(key);
      }
    }
    let next = columns.body.firstElementChild;
    for (const key of shown) {
      const kept = rows.get(key) ?? added(key);
      kept.show(/** @type {any} */ (store.levels.get(key)));
      if (kept.element === next || kept.element === next?.nextElementSibling) next = kept.element.nextElementSibling; // who was passed over comes later
      else columns.body.insertBefore(kept.element, next);
    }
    text(count, order.length > shown.length ? `${shown.length} of ${order.length}` : `${order.length}`);
    all.hidden = order.length <= most;
    text(all, `Show all ${order.length}`);
    inShadow.hidden = ![...store.levels.values()].some(level => level.shadow);
    empty.hidden = [...store.levels.values()].some(level => level.seats || level.waiting || level.heaviest || level.use.some(Boolean) || level.refusedInAll);
  }

  filter.addEventListener('input', update);
  all.addEventListener('click', () => {
    most = Infinity;
    update();
  });
  return {element, title: 'Levels', topics: ['levels'], update, close: () => eyes.disconnect()};
}
