// @ts-check
// Our pictures: bars and lines, drawn as SVG.
import {attribute} from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, any>} [attributes] @returns {any} */
function svg(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** A line without axes; 100 is its full height. */
export function sparkline() {
  const line = svg('polyline', {class: 'line'});
  const area = svg('polygon', {class: 'area'});
  const limit = svg('line', {class: 'limit', x1: 0, x2: 120, y1: 4, y2: 4});
  const element = svg('svg', {class: 'spark', viewBox: '0 0 120 28', preserveAspectRatio: 'none', 'aria-hidden': 'true'});
  element.append(limit, area, line);
  return {
    element,
    /** @param {number[]} percents oldest first @param {number} most points that fill the width */
    show(percents, most) {
      const values = percents.length === 1 ? [percents[0], percents[0]] : percents; // one alone would be no line
      const points = values.map((value, i) => {
        const x = 120 - (values.length - 1 - i) * (120 / Math.max(1, most - 1));
        return x.toFixed(1) + ',' + (26 - Math.min(value, 110) / 100 * 22).toFixed(1);
      });
      attribute(line, 'points', points.join(' '));
      const first = points.length ? points[0].split(',')[0] : '0';
      attribute(area, 'points', points.length ? `${first},27 ${points.join(' ')} 120,27` : '');
    },
  };
}

/**
 * Lines over the last five minutes, with a scale.
 * @param {string} title
 * @param {string[]} kinds class of each line
 */
export function chart(title, kinds) {
  const width = 600;
  const height = 150;
  const element = svg('svg', {class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', preserveAspectRatio: 'none'});
  const grid = [0, 0.5, 1].map(part => svg('line', {class: 'grid', x1: 0, x2: width, y1: 6 + part * (height - 12), y2: 6 + part * (height - 12)}));
  const lines = kinds.map(kind => svg('polyline', {class: 'line ' + kind}));
  element.append(...grid, ...lines);
  return {
    element,
    /** @param {number[][]} series oldest first @returns {number} what the top stands for */
    show(series) {
      const top = Math.max(1, ...series.map(values => values.reduce((most, value) => Math.max(most, value), 0)));
      series.forEach((values, which) => {
        const points = values.map((value, i) => {
          const x = width - (values.length - 1 - i) * (width / 299);
          return x.toFixed(1) + ',' + (height - 6 - value / top * (height - 12)).toFixed(1);
        });
        attribute(lines[which], 'points', points.join(' '));
      });
      const newest = series.map(values => values.length ? values[values.length - 1] : 0);
      attribute(element, 'aria-label', `${title}: now ${newest.join(' of ')}, at most ${top} in five minutes`);
      return top;
    },
  };
}

/** Seats in use against the limit, with marks where the level began and how far it may go. */
export function bar() {
  const part = (/** @type {string} */ kind) => {
    const made = document.createElement('i');
    made.className = kind;
    return made;
  };
  const used = part('used');
  const moved = part('moved');
  const nominal = part('mark nominal');
  const min = part('mark min');
  const max = part('mark max');
  const element = document.createElement('span');
  element.className = 'bar';
  element.setAttribute('aria-hidden', 'true');
  element.append(moved, used, min, nominal, max);
  const place = (/** @type {HTMLElement} */ mark, /** @type {number} */ value, /** @type {number} */ scale) => {
    mark.hidden = value > scale;
    mark.style.insetInlineStart = Math.min(100, value / scale * 100) + '%';
  };
  return {
    element,
    /** @param {import('./stream.js').Level} level */
    show(level) {
      const scale = Math.max(1, level.limit, level.nominal, level.seats);
      used.style.inlineSize = level.seats / scale * 100 + '%';
      const from = Math.min(level.limit, level.nominal) / scale * 100;
      const to = Math.max(level.limit, level.nominal) / scale * 100;
      moved.style.insetInlineStart = from + '%';
      moved.style.inlineSize = to - from + '%';
      moved.classList.toggle('lent', level.limit < level.nominal);
      place(nominal, level.nominal, scale);
      place(min, level.min, scale);
      place(max, level.max, scale);
      element.dataset.heat = heat(level);
    },
  };
}

/** @param {import('./stream.js').Level} level */
export function heat(level) {
  const use = level.limit > 0 ? level.seats / level.limit : 0;
  return level.refusedInAll > 0 ? 'refusing' : level.waiting > 0 ? 'waiting' : use >= 0.8 ? 'near' : 'calm';
}

/** In words: colour alone must not say it. @param {import('./stream.js').Level} level */
export function condition(level) {
  const words = {refusing: 'refuses', waiting: 'queues', near: 'near its limit', calm: 'calm'};
  if (level.quiescing) return 'is going';
  if (level.shadow && !level.refusedInAll) {
    if (level.shadow.refusedInAll) return 'would refuse';
    if (level.waiting && !level.shadow.waiting) return 'would queue';
  }
  return words[heat(level)];
}

/** Whom a level holds to its decisions, where that is not everybody. @param {boolean} exempt @param {number} enforced percent of the users */
export function mode(exempt, enforced) {
  return exempt || enforced === 100 ? '' : enforced === 0 ? 'shadow' : `${enforced} % of users, else shadow`;
}
