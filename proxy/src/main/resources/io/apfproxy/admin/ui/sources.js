// @ts-check
// Where schemas and levels come from, and what became of each object.
import {cell, duration, el, name, table, text} from './dom.js';
import {store} from './stream.js';

/** @typedef {[string, boolean, string, boolean, string]} Condition type, status, reason, whether it is well, message */

/** What is invalid comes first, then what somebody has to look at. @param {any[]} object */
function trouble(object) {
  return object[4] ? 2 : object[5].some((/** @type {Condition} */ condition) => !condition[3]) ? 1 : 0;
}

/** @param {Condition[]} conditions */
function list(conditions) {
  return el('ul', {}, ...conditions.map(([type, status, reason, well]) =>
    el('li', {class: well ? 'good' : 'bad'}, `${type}: ${status ? 'yes' : 'no'}, ${reason}`)));
}

/** @param {{time: string, added: number, altered: number, removed: number} | null} change */
function changed(change) {
  if (!change) return '';
  const ago = Math.max(0, Date.parse(store.time) - Date.parse(change.time)) / 1000;
  const what = ['added', 'altered', 'removed'].map(word => [change[/** @type {'added'} */ (word)], word]).filter(([count]) => count).map(([count, word]) => `${count} ${word}`).join(', ');
  return `Last change ${change.time.slice(0, 19).replace('T', ' ')} UTC, ${ago < 2 ? 'just now' : duration(Math.round(ago)) + ' ago'}: ${what || 'read, and empty'}`;
}

/** One source. @param {string} key */
function card(key) {
  const state = el('span', {class: 'state'});
  const about = el('p', {});
  const last = el('p', {class: 'muted small'});
  const rows = table('Objects of ' + key, [['Name'], ['Kind'], ['State'], ['Where', 'wide'], ['Conditions'], ['What is wrong', 'wide']]);
  const element = el('article', {class: 'panel'}, el('h3', {}, name(key), ' ', state), about, last, rows.element);
  /** @type {any} */ let shown = null;
  return {
    element,
    /** @param {any} source */
    show(source) {
      element.dataset.heat = source.trouble ? 'refusing' : 'calm';
      text(state, source.trouble ? 'in trouble' : source.loaded ? 'read' : 'not read yet');
      const counts = Object.entries(source.counts).map(([what, number]) => `${number} ${what}`).join(', ') || 'no objects';
      text(about, `${counts}; known to be current ${source.age < 2 ? 'just now' : duration(source.age) + ' ago'}` + (source.trouble ? `. ${name(source.trouble)}` : ''));
      text(last, changed(source.lastChange));
      if (shown === source.objects) return;
      shown = source.objects;
      const sorted = [...shown].sort((a, b) => trouble(b) - trouble(a));
      rows.body.replaceChildren(...sorted.map((/** @type {[string, string, string, string, string, Condition[]]} */ [kind, object, place, verdict, error, conditions]) =>
        el('tr', {'data-heat': error ? 'refusing' : conditions.every(condition => condition[3]) ? 'calm' : 'near'},
          el('th', {scope: 'row'}, kind === 'PriorityLevelConfiguration' ? el('a', {href: '#level/' + encodeURIComponent(object)}, name(object)) : name(object)),
          cell(kind, '', 'Kind'), cell(verdict, '', 'State'), cell(name(place) || '–', 'wide', 'Where'), cell(list(conditions), 'conditions', 'Conditions'),
          cell(name([error, ...conditions.map(condition => condition[4])].filter(Boolean).join('; ')) || '–', 'wide', 'What is wrong'))));
      if (source.number > shown.length) rows.body.append(el('tr', {}, el('td', {colspan: 6}, `and ${source.number - shown.length} more`)));
    },
  };
}

export function sources() {
  const none = el('p', {class: 'empty', hidden: true}, 'There are no sources: priority and fairness is switched off.');
  const list = el('div', {class: 'cards'});
  const element = el('section', {}, el('h2', {}, 'Sources, later ones lie over earlier ones'), none, list);
  /** @type {Map<string, ReturnType<typeof card>>} */ const cards = new Map();
  function update() {
    none.hidden = store.sources.length > 0;
    const names = new Set(store.sources.map(source => source.name));
    for (const [name, kept] of cards) {
      if (!names.has(name)) { // of a proxy before, which had other sources
        kept.element.remove();
        cards.delete(name);
      }
    }
    for (const source of store.sources) {
      let kept = cards.get(source.name);
      if (!kept) {
        kept = card(source.name);
        cards.set(source.name, kept);
        list.append(kept.element);
      }
      kept.show(source);
    }
  }
  return {element, title: 'Sources', topics: ['sources'], update};
}
