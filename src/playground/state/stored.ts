import type { StoredExample } from '../../client/index.ts';
import { api, firstOf, unlistedApi } from '../api/api.ts';
import { tensorPicture } from '../media/strokes.ts';
import { pictureInput, soundInput, textInput } from './inputs.ts';
import { exampleOf, type Input, type Labels, withExamples } from './labels.ts';
import { rowOf } from './rows.ts';
import type { Session } from './session.ts';

/** A page that was opened again shows at most this many examples. */
const MOST = 60;

/** Gets the examples that the service has, for a task that the page taught before. */
export async function loadStored(session: Session): Promise<void> {
  const { task, kind, isPartial, labels, accepted } = session;
  if (!isPartial.value || kind === 'table' || accepted.size > 0) return;
  const data = await firstOf(api.examples.list(task, { limit: MOST + 1 }), MOST + 1);
  if (data.length > MOST || data.some(({ label }) => label === undefined)) return;
  const inputs = await Promise.all(data.map((example) => storedInput(task, example)));
  // Something may have been taught in the meantime.
  if (!isPartial.value || accepted.size > 0) return;
  const examples = inputs.map(exampleOf);
  const names = [...new Set(data.map(({ label = '' }) => label))].sort();
  labels.value = names.reduce<Labels>(
    (all, name) =>
      withExamples(
        all,
        name,
        examples.filter((_, i) => data[i]?.label === name),
      ),
    labels.value.filter(({ name }) => names.includes(name)),
  );
  examples.forEach((example, i) => void accepted.set(example.key, data[i]?.label ?? ''));
  isPartial.value = false;
}

const known = new Map<string, Promise<Input>>();

/** What an example of the service is, and how it looks. */
export function storedInput(task: string, { id, kind }: Pick<StoredExample, 'id' | 'kind'>): Promise<Input> {
  const at = `${task}/${id}`;
  let input = known.get(at);
  if (input === undefined) {
    input = unlistedApi.examples.content(task, id).then(READERS[kind]);
    known.set(at, input);
    input.catch(() => known.delete(at));
  }
  return input;
}

/** An example of the service by its id alone. */
export async function storedExample(task: string, id: string): Promise<Input> {
  return storedInput(task, await unlistedApi.examples.get(task, id));
}

/** Reads contents in the form in which the service stores them. */
export const READERS: Readonly<Record<StoredExample['kind'], (content: Blob) => Promise<Input>>> = {
  text: async (content) => textInput(await content.text()),
  image: pictureInput,
  audio: soundInput,
  async row(content) {
    const value: Readonly<Record<string, string | number | null>> = JSON.parse(await content.text());
    return rowOf(value);
  },
  /** A drawing as the package sees it: a square of ink from 0 to 1. */
  async tensor(content) {
    const bytes = await content.arrayBuffer();
    const side = Math.round(Math.sqrt(bytes.byteLength / 4));
    return pictureInput(await tensorPicture(new Float32Array(bytes), side));
  },
};
