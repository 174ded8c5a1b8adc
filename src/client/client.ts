import { createAdministration } from './administration.ts';
import {
  adaptMessage,
  compareMessage,
  type Feedback,
  feedbackMessage,
  type Many,
  predictMessage,
  type Teaching,
} from './bodies.ts';
import { eventsAt, hasEnded, REPORT } from './events.ts';
import { at, type CallOptions, createResources, type LearnOptions } from './resources.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import type {
  Adaptation,
  Answer,
  Comparison,
  Drift,
  Example,
  Input,
  Predictions,
  PredictOptions,
  Quality,
  Query,
  Report,
} from './types.ts';

export type ClientOptions = TransportOptions;

export interface OnceOptions extends CallOptions {
  /**
   * Calls with the same key and content are one call to the server, for 24 hours. Default: a new key for each call, which its
   * retries repeat.
   */
  readonly idempotencyKey?: string | undefined;
}

export type AdaptOptions = OnceOptions & LearnOptions;

export type Client = ReturnType<typeof createClient>;

const REPORT_SECONDS = 30;

/**
 * A client of the HTTP API, for Node 20 and browsers. Every method throws `InnerloopProblem`, or the reason of its signal.
 *
 * @example
 * const client = createClient({ server: 'http://127.0.0.1:3000', key: process.env.INNERLOOP_KEY });
 * await client.adapt('requests', [
 *   { label: 'card_lost', input: 'I lost my card' },
 *   { label: 'balance', input: 'How much money do I have?' },
 * ]);
 * const { predictions } = await client.predict('requests', ['My card is gone']);
 */
export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  const { json, request } = transport;
  const { learn, resources } = createResources(transport);
  const { tasks, adaptations } = resources;

  async function adapt(
    task: string,
    given: readonly Example[] | Many | Teaching,
    { idempotencyKey = newKey(), ...options }: AdaptOptions = {},
  ): Promise<Adaptation> {
    const message = await adaptMessage(isTeaching(given) ? given : { support: given });
    const headers = { 'idempotency-key': idempotencyKey };
    return learn(at`/tasks/${task}/adapt`, { headers, ...message }, options);
  }

  return {
    /**
     * Adapts a task to labelled examples, creates it if there is none, and waits for the end.
     * @throws InnerloopProblem also if the adaptation fails or is cancelled; its `adaptation` says more
     */
    adapt,
    /**
     * Predicts inputs with a task: texts, files, rows or numbers; or one file with many inputs, as `support` of `adapt`.
     */
    async predict(
      task: string,
      inputs: readonly Input[] | Many,
      { signal, ...chosen }: PredictOptions & CallOptions = {},
    ): Promise<Predictions> {
      const message = await predictMessage(inputs, chosen);
      return json(at`/tasks/${task}/predict`, { method: 'POST', signal, ...message });
    },
    /** Sends the right answer. */
    async feedback(
      task: string,
      feedback: Feedback,
      { signal, idempotencyKey = newKey() }: OnceOptions = {},
    ): Promise<Answer<'giveFeedback'>> {
      const headers = { 'idempotency-key': idempotencyKey };
      const message = await feedbackMessage(feedback);
      return json(at`/tasks/${task}/feedback`, { method: 'POST', headers, signal, ...message });
    },
    /**
     * The quality of an adaptation (default: the current one), estimated from its examples. It may be computed after the end of
     * the adaptation, so this waits for it up to half a minute. Null if there is no report then.
     */
    async report(task: string, id?: string, call: CallOptions = {}): Promise<Report | null> {
      const adaptation = id ?? (await tasks.get(task, call)).current;
      if (adaptation === null) return null;
      const { report, status } = await adaptations.get(task, adaptation, call);
      if (report !== null || (hasEnded(status) && status !== 'succeeded')) return report;
      const patience = AbortSignal.timeout(REPORT_SECONDS * 1000);
      const signal = eitherOf(call.signal, patience);
      try {
        const path = at`/tasks/${task}/adaptations/${adaptation}/events`;
        for await (const { type } of eventsAt(transport, path, { signal, to: 'report' }))
          if (type === REPORT) return (await adaptations.get(task, adaptation, call)).report;
      } catch (error) {
        call.signal?.throwIfAborted();
        if (!patience.aborted) throw error;
      }
      return null;
    },
    /** Predicts the same inputs with two adaptations of a task: how often they agree, and where they do not. */
    async compare(
      task: string,
      adaptations: readonly [string, string],
      inputs: readonly Input[],
      call?: CallOptions,
    ): Promise<Comparison> {
      const message = await compareMessage(adaptations, inputs);
      return json(at`/tasks/${task}/compare`, { method: 'POST', ...message, ...call });
    },
    /** Whether the inputs of a monitored task have changed. */
    drift: (task: string, query: Query<'getDrift'> = {}, call?: CallOptions) =>
      json<Drift>(at`/tasks/${task}/drift`, { query, ...call }),
    /** How good the answers are, by the examples and by feedback. */
    quality: (task: string, call?: CallOptions) => json<Quality>(at`/tasks/${task}/quality`, call),
    /** Kept predictions whose label would teach the most. */
    review: async (task: string, query: Query<'review'> = {}, call?: CallOptions) =>
      (await json<Answer<'review'>>(at`/tasks/${task}/review`, { query, ...call })).data,
    ...resources,
    ...createAdministration(transport),
    /** Any other call of the API. */
    request,
  };
}

const isTeaching = (given: readonly Example[] | Many | Teaching): given is Teaching =>
  typeof given === 'object' && given !== null && 'support' in given;

/** `AbortSignal.any`, which browsers of before 2024 lack. */
function eitherOf(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  if (!signal) return other;
  const both = new AbortController();
  for (const each of [signal, other]) {
    if (each.aborted) both.abort(each.reason);
    each.addEventListener('abort', () => both.abort(each.reason), { once: true });
  }
  return both.signal;
}

/** `crypto.randomUUID` is missing on pages that came without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) =>
    word.toString(16).padStart(8, '0'),
  ).join('');
}
