// @ts-check
// Where schemas and levels come from, and what became of each object.
import {cell, duration, el, name, table, text} from './dom.js';
import {store} from './stream.js';

/** One source. @param {string} key */
function card(key) {
  const state = el('span', {class: 'state'});
  const about = el('p', {});
  const rows = table('Objects of ' + key, [['Name'], ['Kind'], ['State'], ['Where', 'wide'], ['What is wrong', 'wide']]);
  const element = el('article', {class: 'panel'}, el('h3', {}, name(key), ' ', state), about, rows.element);
  /** @type {any} */ let shown = null;
  return {
    element,
    /** @param {any} source */
    show(source) {
      element.dataset.heat = source.trouble ? 'refusing' : 'calm';
      text(state, source.trouble ? 'in trouble' : source.loaded ? 'read' : 'not read yet');
      const counts = Object.entries(source.counts).map(([what, number]) => `${number} ${what}`).join(', ') || 'no objects';
      text(about, `${counts}; known to be current ${source.age < 2 ? 'just now' : duration(source.age) + ' ago'}` + (source.trouble ? `. ${name(source.trouble)}` : ''));
      if (shown === source.objects) return;
      shown = source.objects;
      const sorted = [...shown].sort((a, b) => Number(b[4] !== '') - Number(a[4] !== ''));
      rows.body.replaceChildren(...sorted.map(([kind, object, place, verdict, error]) =>
        el('tr', {'data-heat': error ? 'refusing' : 'calm'},
          el('th', {scope: 'row'}, kind === 'PriorityLevelConfiguration' ? el('a', {href: '#level/' + encodeURIComponent(object)}, name(object)) : name(object)),
          cell(kind, '', 'Kind'), cell(verdict, '', 'State'), cell(name(place) || '–', 'wide', 'Where'), cell(name(error) || '–', 'wide', 'What is wrong'))));
      if (source.number > shown.length) rows.body.append(el('tr', {}, el('td', {colspan: 5}, `and ${source.number - shown.length} more`)));
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
