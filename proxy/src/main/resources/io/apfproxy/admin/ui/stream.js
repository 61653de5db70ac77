// @ts-check
// What the proxy tells: one stream of events, read by fetch, as a browser's own reader cannot send a token.

/**
 * @typedef {{name: string, exempt: boolean, quiescing: boolean, queues: number, length: number, nominal: number, min: number,
 *   max: number, enforced: number, seats: number, executing: number, waiting: number, limit: number, refused: number[], refusedInAll: number,
 *   wait: number | null, heaviest: [string, string, number] | null, shadow: Shadow | null, use: number[],
 *   stamp: number}} Level `stamp` changes with it
 * @typedef {{held: number, waiting: number, wouldHold: number, wouldWait: number, refused: number[], refusedInAll: number,
 *   wait: number | null}} Shadow what really happens at a level whose figures are of what it decides, and what would
 */

const REASONS = ['queue-full', 'concurrency-limit', 'time-out'];
const LONGEST_WAIT = 30;
/** After so many milliseconds without a byte nobody is there: a tick comes each second, and a remark each 15 s even to whoever is behind. */
const SILENCE = 20_000;
const POINTS = 60;
/** Refusals of either kind that are kept. */
const REFUSALS = 100;

/** Everything that is known. */
export const store = {
  /** @type {Map<string, Level>} */ levels: new Map(),
  /** @type {any} */ upstream: null,
  /** @type {any[]} */ sources: [],
  /** @type {{refused: any[], spared: any[], total: number, leftOut: number} | null} the newest first */ refusals: null,
  /** @type {Record<string, any>} the other topics, by name */ topics: {},
  product: '',
  first: '',
  tick: 0,
  time: '',
  missed: 0,
  /** when the last tick came, in milliseconds of this page; 0 while nothing may be shown */ told: 0,
  /** @type {Record<string, number>} when each topic was last told of */ at: {},
  reasons: REASONS,
};

let serial = 0;
/** @type {string[]} levels in the order in which their places are counted */ let places = [];
let token = '';
/** @type {AbortController | null} */ let open = null;
/** @type {string[]} */ let topics = [];
let tries = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let again;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let silence;
/** @type {(what: string, detail?: any) => void} */ let listener = () => {};

/** Who is told: of `hello`, `tick`, and of what is wrong: `lost`, `right`, `full`. @param {typeof listener} told */
export function listen(told) {
  listener = told;
}

/** Whom the proxy is to believe; kept by this page only. @param {string} text */
export function identify(text) {
  token = text.trim();
  if (/[^!-~]/.test(token)) {
    refused(401, 'It has characters that no token has.'); // nor may a header
    token = '';
    return;
  }
  connect();
}

/** Whoever asks here has no right: what was told before is not shown any more. @param {number} status @param {string} why */
function refused(status, why) {
  clearTimeout(again);
  clearTimeout(silence);
  open?.abort();
  store.told = 0;
  listener('right', {status, why, token: token !== ''});
}

/** Headers of whatever is asked. @returns {Record<string, string>} */
function headers() {
  return token ? {Authorization: 'Bearer ' + token} : {};
}

/** Asks once. @param {string} path */
export function ask(path) {
  return fetch(path, {headers: headers(), cache: 'no-store', credentials: 'omit'});
}

/** What is to be told from now on. @param {string[]} wanted */
export function watch(wanted) {
  if (wanted.join() !== topics.join() || !open) {
    topics = wanted;
    tries = 0;
    connect();
  }
}

export function connect() {
  clearTimeout(again);
  open?.abort();
  const mine = new AbortController();
  open = mine;
  heard(mine);
  read(mine).catch(error => lost(mine, error));
}

/** A connection may die without a word, as of a laptop that slept: who is not heard again in time has left. @param {AbortController} mine */
function heard(mine) {
  if (mine !== open) return;
  clearTimeout(silence);
  silence = setTimeout(() => {
    lost(mine, new Error('silent'));
    mine.abort();
  }, SILENCE);
}

/** @param {AbortController} mine @param {any} error */
function lost(mine, error) {
  if (mine !== open || mine.signal.aborted) return;
  clearTimeout(silence);
  const seconds = Math.min(LONGEST_WAIT, 2 ** tries++);
  if (error.full) listener('full', error.message);
  else listener('lost', seconds);
  again = setTimeout(connect, seconds * 1000);
}

/** @param {AbortController} mine */
async function read(mine) {
  const path = '/debug/apf-proxy/events?topics=' + topics.map(encodeURIComponent).join(',');
  const answer = await fetch(path, {headers: headers(), cache: 'no-store', credentials: 'omit', signal: mine.signal});
  if (!answer.ok || !answer.body) {
    const why = await answer.text();
    if (answer.status === 401 || answer.status === 403) {
      if (mine === open) refused(answer.status, why);
      return;
    }
    throw Object.assign(new Error(why), {full: answer.status === 429});
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) throw new Error('ended');
    heard(mine);
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) take(event, mine);
  }
}

/** @param {string} event @param {AbortController} mine */
function take(event, mine) {
  const data = event.split('\n').find(line => line.startsWith('data: '));
  if (!data || mine !== open) return;
  const told = JSON.parse(data.slice(6));
  const hello = event.startsWith('event: hello');
  tries = 0;
  keep(told, hello);
  listener(hello ? 'hello' : 'tick', told);
}

/** @param {any} told @param {boolean} hello */
function keep(told, hello) {
  serial++; // no tick of the proxy: those begin anew with another one
  store.tick = told.tick;
  store.time = told.time;
  store.told = performance.now();
  store.missed += told.missed ?? 0;
  if (hello) {
    store.product = told.product;
    store.first ||= told.product;
  }
  if (told.upstream) store.upstream = told.upstream;
  if (told.sources) keepSources(told.sources);
  if (told.refusals) keepRefusals(told.refusals);
  if (told.levels) keepLevels(told.levels, told.history);
  for (const topic of topics) {
    if (topic in told) store.at[topic] = store.told;
    if (topic.includes(':') && topic in told) {
      const history = store.topics[topic]?.history;
      store.topics[topic] = told[topic];
      if (history && told[topic] && !told[topic].history) told[topic].history = longer(history, told[topic].level);
    }
  }
}

/** @param {Record<string, number[]>} history @param {any} level */
function longer(history, level) {
  const refused = sum(Object.values(level.refused));
  const next = {seats: level.seats, limit: level.limit, executing: level.executing, waiting: level.waiting, refused, waitMillis: (level.wait ?? 0) * 1000};
  for (const [name, values] of Object.entries(history)) {
    values.push(next[name]);
    if (values.length > 300) values.shift();
  }
  return history;
}

/** @param {any[]} sources */
function keepSources(sources) {
  const before = new Map(store.sources.map(source => [source.name, source.objects]));
  store.sources = sources.map(source => ({...source, objects: source.objects ?? before.get(source.name) ?? []}));
}

/** @param {any} told */
function keepRefusals(told) {
  const before = told.full || !store.refusals ? {refused: [], spared: []} : store.refusals;
  const add = (/** @type {boolean} */ would, /** @type {any[]} */ old) =>
    [...told.rows.filter((/** @type {any} */ row) => Boolean(row.would) === would), ...old].slice(0, REFUSALS);
  store.refusals = {refused: add(false, before.refused), spared: add(true, before.spared), total: told.total, leftOut: told.leftOut};
}

/** What is told of a level that does not hold everybody to its decisions. @param {number[] | undefined} told @returns {Shadow | null} */
function shadowOf(told) {
  if (!told) return null;
  const [held, waiting, wouldHold, wouldWait, ...rest] = told;
  const refused = rest.slice(0, REASONS.length);
  return {held, waiting, wouldHold, wouldWait, refused, refusedInAll: sum(refused), wait: rest[REASONS.length]};
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}

/** @param {any} told @param {any} history */
function keepLevels(told, history) {
  if (told.full) {
    places = told.shapes.map((/** @type {any} */ shape) => shape[0]);
    const names = new Set(places);
    for (const name of store.levels.keys()) if (!names.has(name)) store.levels.delete(name);
  }
  for (const [name, exempt, quiescing, queues, length, nominal, min, max, enforced] of told.shapes) {
    const level = store.levels.get(name) ?? /** @type {any} */ ({name, use: [], refused: [], shadow: null, seats: 0, limit: 0});
    Object.assign(level, {stamp: serial, exempt: exempt === 1, quiescing: quiescing === 1, queues, length, nominal, min, max, enforced});
    store.levels.set(name, level);
  }
  for (const [place, seats, executing, waiting, limit, ...rest] of told.rows) {
    const level = store.levels.get(places[place]);
    if (!level) continue;
    const refused = rest.slice(0, REASONS.length);
    const flow = rest[REASONS.length + 1]; // a number: that of before
    const heaviest = typeof flow === 'number' && level.heaviest ? [level.heaviest[0], level.heaviest[1], flow] : flow;
    Object.assign(level, {stamp: serial, seats, executing, waiting, limit, refused, refusedInAll: sum(refused),
      wait: rest[REASONS.length], heaviest, shadow: shadowOf(rest[REASONS.length + 2])});
  }
  if (history) for (const level of store.levels.values()) level.use = Object.hasOwn(history.use, level.name) ? history.use[level.name] : [];
  let index = 0;
  for (const level of store.levels.values()) {
    const percent = level.limit > 0 ? Math.round(100 * level.seats / level.limit) : 0;
    const begins = (store.tick + index++) % 5 === 0; // not all in the same tick: each is drawn anew
    if (begins || !level.use.length) level.use.push(percent);
    else if (level.use[level.use.length - 1] < percent) level.use[level.use.length - 1] = percent;
    else continue;
    if (level.use.length > POINTS) level.use.shift();
    level.stamp = serial;
  }
}
