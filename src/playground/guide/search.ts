import MiniSearch from 'minisearch';

/** A part of a page under one heading, as the service lists them in `sections.json`. */
interface Section {
  readonly id: number;
  readonly address: string;
  readonly title: string;
  readonly heading: string;
  readonly part: string;
  readonly text: string;
}

const MOST_RESULTS = 12;
const NOT_LOADED = 'The search cannot be loaded. It tries again when you type.';

const up = document.documentElement.dataset.guide ?? './';
const field = find<HTMLInputElement>('input[type="search"]');
const results = find<HTMLOListElement>('.results');
const count = find<HTMLElement>('.count');

function find<Each extends Element>(selector: string): Each {
  const element = document.querySelector<Each>(selector);
  if (!element) throw new Error(`Expected ${selector} in the page`);
  return element;
}

let index: Promise<MiniSearch<Section>> | undefined;

/** Loaded when the search is used for the first time, and again if that fails. */
function loaded(): Promise<MiniSearch<Section>> {
  index ??= load().catch((error) => {
    index = undefined;
    throw error;
  });
  return index;
}

async function load(): Promise<MiniSearch<Section>> {
  const answer = await fetch(`${up}sections.json`);
  if (!answer.ok) throw new Error(`Expected sections.json, got ${answer.status}`);
  const sections: Omit<Section, 'id'>[] = await answer.json();
  const search = new MiniSearch<Section>({
    fields: ['heading', 'title', 'text'],
    storeFields: ['address', 'title', 'heading', 'part', 'text'],
    searchOptions: {
      boost: { heading: 4, title: 2 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
    },
  });
  search.addAll(sections.map((section, id) => ({ ...section, id })));
  return search;
}

async function show(): Promise<void> {
  const query = field.value.trim();
  const search = await loaded().catch(() => null);
  const found = query === '' ? [] : (search?.search(query) ?? []);
  // An answer to an earlier query may arrive later.
  if (query !== field.value.trim()) return;
  results.replaceChildren(
    ...found.slice(0, MOST_RESULTS).map((each) => itemOf(each as unknown as Section, query)),
  );
  results.hidden = found.length === 0;
  const isFailed = query !== '' && search === null;
  count.classList.toggle('is-failed', isFailed);
  count.textContent = query === '' ? '' : isFailed ? NOT_LOADED : countOf(found.length);
}

const countOf = (n: number) => (n === 1 ? '1 result' : `${n} results`);

function itemOf({ address, title, heading, part, text }: Section, query: string): HTMLElement {
  const link = document.createElement('a');
  link.href = `${up}${address}${part}` || './';
  const name = document.createElement('strong');
  name.textContent = heading === title ? title : `${title}: ${heading}`;
  const excerpt = document.createElement('span');
  excerpt.textContent = around(text, query);
  link.append(name, excerpt);
  const item = document.createElement('li');
  item.append(link);
  return item;
}

/** The part of the text around the first word of the query. */
function around(text: string, query: string): string {
  const at = text.toLowerCase().indexOf(query.toLowerCase().split(/\s+/)[0] ?? '');
  const start = Math.max(0, at - 50);
  return `${start > 0 ? '…' : ''}${text.slice(start, start + 150)}${text.length > start + 150 ? '…' : ''}`;
}

field.addEventListener('input', () => void show());
field.addEventListener('focus', () => void show());
field.form?.addEventListener('submit', (event) => {
  event.preventDefault();
  results.querySelector('a')?.click();
});

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !isTyping) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === 'Escape') results.hidden = true;
});
document.addEventListener('click', ({ target }) => {
  if (target instanceof Node && !field.form?.contains(target)) results.hidden = true;
});

// On narrow screens the contents are folded.
const nav = find<HTMLDetailsElement>('details.nav');
nav.open = matchMedia('(min-width: 60rem)').matches;
