// @ts-check
// What builds the page: elements and text, never markup, so that no name can become one.

/**
 * Makes an element. Attributes: `class` and whatever else; `on` holds listeners.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, /** @type {any} */ (listener));
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

/** Writes a text if it is another one, into the node that is there already. @param {Element} element @param {string} text */
export function text(element, text) {
  const node = element.firstChild;
  if (node instanceof Text && !node.nextSibling) {
    if (node.data !== text) node.data = text;
  } else if (node || text) {
    element.textContent = text;
  }
}

/** Sets an attribute if it is another one. @param {Element} element @param {string} name @param {string} value */
export function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Hidden characters of names, such as those that turn the direction of writing, as they are written in code. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name as it is shown. @param {string} name */
export function name(name) {
  return name.replace(HIDDEN, sign => '\\u' + sign.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** A number with three digits that count. @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10000) {
    const power = Math.min(4, Math.floor(Math.log10(size) / 3));
    return trim(value / 1000 ** power) + ['', 'k', 'M', 'G', 'T'][power];
  }
  return trim(value);
}

/** @param {number} value */
function trim(value) {
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** So many of them. @param {number} value @param {string} what one of them is called */
export function count(value, what) {
  const shown = number(value);
  return `${shown} ${what}${shown === '1' ? '' : 's'}`;
}

/** A duration. @param {number} seconds */
export function duration(seconds) {
  if (seconds === 0) return '0';
  if (seconds < 0.001) return number(seconds * 1e6) + ' µs';
  if (seconds < 1) return number(seconds * 1000) + ' ms';
  if (seconds < 120) return number(seconds) + ' s';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min';
  return number(seconds / 3600) + ' h';
}

/** Upper bound on a wait, as the sample tells it. @param {number | null} bound */
export function wait(bound) {
  if (bound === null || bound === undefined) return '–';
  return bound < 0 ? '> 30 s' : bound === 0 ? '0' : '≤ ' + duration(bound);
}

/**
 * A table with headings; `body` is where rows go. It says what it is: where it is laid out in another way, a browser may forget.
 * @param {string} caption @param {[string, string?][]} columns text and class of each @param {string} [kind]
 */
export function table(caption, columns, kind) {
  const body = el('tbody', {role: 'rowgroup'});
  const head = columns.map(([title, kind]) => el('th', {scope: 'col', role: 'columnheader', class: kind}, title));
  const made = el('table', {role: 'table', class: kind}, el('caption', {class: 'hidden'}, caption),
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, ...head)), body);
  return {element: el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, made), body};
}

/** A cell. @param {string | Node} content @param {string} [kind] @param {string} [label] heading on narrow screens */
export function cell(content, kind, label) {
  return el('td', {role: 'cell', class: kind, 'data-label': label}, content);
}
