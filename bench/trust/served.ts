import { join } from 'node:path';
import type { Content } from '../../src/domain/content.ts';
import type { LabelledContent } from '../../src/training/datasets/contents/read-contents.ts';
import type { Random } from '../../src/training/random.ts';
import { startServer } from '../serve/processes/server.ts';

/** An example in the form of `POST /tasks/{task}/adapt`. */
export interface SentExample {
  readonly label: string;
  readonly input: unknown;
}

/** A prediction of the API, as far as the bench reads it. */
export interface Predicted {
  readonly label: string | null;
  readonly best?: string;
  readonly novelty: number | null;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly explanation?: {
    readonly label: string;
    readonly input: {
      readonly parts?: readonly {
        readonly start: number;
        readonly end: number;
        readonly contribution: number;
      }[];
      readonly columns?: readonly { readonly name: string | number; readonly contribution: number }[];
      readonly contributions?: readonly (readonly number[])[];
    };
  };
}

/** A server in a process of its own, asked over HTTP. */
export interface Served extends AsyncDisposable {
  adapt(task: string, model: string, support: readonly SentExample[]): Promise<void>;
  /** Null for an input that the service refuses. */
  predict(task: string, input: unknown, options?: object): Promise<Predicted | null>;
}

/** @param checkout another checkout whose server is started */
export async function openServed(checkout?: string): Promise<Served> {
  const server = await startServer(
    { RATE_LIMIT: '0', ENCODERS_DIR: process.env.ENCODERS_DIR ?? join(process.cwd(), 'data/encoders') },
    { entry: 'source', ...(checkout !== undefined && { checkout }) },
  );
  const post = (path: string, body: unknown) =>
    fetch(`${server.address}/tasks/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify(body),
    });
  return {
    async adapt(task, model, support) {
      const answer = await post(`${task}/adapt`, { model, support });
      const { status } = (await answer.json()) as { readonly status?: unknown };
      if (answer.status !== 200 || status !== 'succeeded')
        throw new Error(`Expected an adaptation of ${model}, got ${answer.status} ${JSON.stringify(status)}`);
    },
    async predict(task, input, options) {
      const answer = await post(`${task}/predict`, { inputs: [input], ...(options && { options }) });
      const body = (await answer.json()) as { readonly predictions: readonly Predicted[] };
      if (answer.ok) return body.predictions[0] ?? null;
      if (answer.status === 400) return null;
      throw new Error(`Expected a prediction, got ${answer.status} ${JSON.stringify(body)}`);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A content as JSON sends it: a text as it is, everything else as a `data:` URL. */
export function sent({ kind, bytes }: Pick<Content, 'kind' | 'bytes'>): string {
  if (kind === 'text') return Buffer.from(bytes).toString();
  return `data:${kind === 'audio' ? 'audio/wav' : 'image/png'};base64,${Buffer.from(bytes).toString('base64')}`;
}

/** The classes of a data set, each with its examples in a random order; `ways` of them. */
export async function drawTask(
  all: readonly LabelledContent[],
  random: Random,
  { ways, shots, queries }: { readonly ways: number; readonly shots: number; readonly queries: number },
) {
  const groups = new Map<string, LabelledContent[]>();
  for (const each of all) {
    const own = groups.get(each.label);
    if (own) own.push(each);
    else groups.set(each.label, [each]);
  }
  const byLabel = [...groups].filter(([, own]) => own.length >= shots + queries);
  const support: SentExample[] = [];
  const asked: { readonly label: string; readonly content: Content }[] = [];
  for (const place of random.sample(byLabel.length, ways)) {
    const [label, own] = byLabel[place] as (typeof byLabel)[number];
    const places = random.sample(own.length, shots + queries);
    for (const [i, each] of places.entries()) {
      const content = await (own[each] as LabelledContent).read();
      if (i < shots) support.push({ label, input: sent(content) });
      else asked.push({ label, content });
    }
  }
  return { support, asked };
}
