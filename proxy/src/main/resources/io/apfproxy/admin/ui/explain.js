// @ts-check
// Where a request would go now, and why.
import {el, name} from './dom.js';
import {ask} from './stream.js';

/** What the words of an explanation are in full. */
const TITLES = {request: 'Request', user: 'User', not: 'Does not match', schema: 'Matches', level: 'Level', flow: 'Flow', hand: 'May wait in', width: 'Width', limit: 'Limit', burst: 'Burst'};

/** @param {string} argument what was asked before, as a query */
export function explain(argument) {
  const asked = new URLSearchParams(argument);
  const field = (/** @type {string} */ id, /** @type {string} */ label, /** @type {Node} */ input, /** @type {string} */ hint = '') =>
    el('div', {class: 'field'}, el('label', {for: id}, label), input, hint ? el('span', {class: 'muted small'}, hint) : null);
  const method = el('select', {id: 'method'}, ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(word => el('option', {selected: asked.get('method') === word}, word)));
  const input = (/** @type {string} */ id, /** @type {string} */ value, /** @type {string} */ example) =>
    el('input', {id, value, placeholder: example, autocomplete: 'off', spellcheck: 'false'});
  const url = input('url', asked.get('url') ?? '', '/api/v1/namespaces/default/pods?limit=500');
  const user = input('user', asked.get('user') ?? '', 'system:serviceaccount:ci:runner');
  const groups = input('groups', asked.getAll('group').join(' '), 'group another');
  const steps = el('ol', {class: 'steps', 'aria-label': 'How it was decided'});
  const wrong = el('p', {class: 'wrong', hidden: true, role: 'alert'});
  const form = el('form', {class: 'panel form'},
    field('method', 'Method', method), field('url', 'Path and query', url), field('user', 'User', user, 'empty for an anonymous request'),
    field('groups', 'Groups', groups, 'with blanks between'), el('button', {type: 'submit'}, 'Explain'));
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const query = new URLSearchParams({method: method.value, url: url.value});
    if (user.value.trim()) query.append('user', user.value.trim());
    for (const group of groups.value.trim().split(/\s+/).filter(Boolean)) query.append('group', group);
    const hash = '#explain?' + query;
    if (location.hash === hash) answer(query);
    else location.hash = hash;
  });

  /** @param {URLSearchParams} query */
  async function answer(query) {
    try {
      const reply = await ask('/debug/api_priority_and_fairness/explain?output=json&' + query);
      const told = reply.ok ? (await reply.json()).steps.map(step) : [];
      wrong.textContent = reply.ok ? '' : (await reply.text()).trim();
      wrong.hidden = reply.ok;
      steps.replaceChildren(...told);
    } catch {
      wrong.hidden = false;
      wrong.textContent = 'This question found no answer; the proxy may be gone. Explain asks again.';
      steps.replaceChildren();
    }
  }

  if (asked.get('url')) answer(asked);
  return {element: el('section', {}, el('h2', {}, 'Where would this request go now?'), form, wrong, steps), title: 'Explain'};
}

/** @param {{what: string, text: string, priorityLevel?: string}} told */
function step({what, text, priorityLevel}) {
  return el('li', {class: 'step ' + what},
    el('span', {class: 'word'}, TITLES[/** @type {keyof typeof TITLES} */ (what)] ?? what), ' ',
    priorityLevel ? el('a', {href: '#level/' + encodeURIComponent(priorityLevel)}, name(text)) : el('span', {}, name(text)));
}
