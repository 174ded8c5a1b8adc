import { noAnswer, type Transport } from './transport.ts';

export interface AdaptationEvent {
  readonly id: string;
  readonly type: string;
  /** Of `step` events: the step, from 1, and the loss before it. */
  readonly data: { readonly step?: number; readonly loss?: number; readonly [member: string]: unknown };
}

const LAST: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'erased']);

/** Whether an adaptation with this status, or after an event of this type, has ended. */
export const hasEnded = (status: string): boolean => LAST.has(status);

/** The last event of a success: the adaptation has its report. */
export const REPORT = 'report';

/** The status of an answer after the last event. */
const NO_MORE = 204;

/** The client gives up after this many attempts in a row without an event. */
const MAX_SILENT_ATTEMPTS = 3;

/**
 * The events of an adaptation, to its end or, if it succeeds, to its report. The stream then ends without an event if no report
 * comes. A stream that ends or breaks before is continued after the last event that came. The stream is read by `fetch`, because
 * `EventSource` cannot send a key.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @throws InnerloopProblem
 */
export async function* eventsAt(
  { request, server }: Transport,
  path: string,
  { signal, to }: { readonly signal: AbortSignal | undefined; readonly to: 'end' | 'report' },
): AsyncGenerator<AdaptationEvent, void, void> {
  let lastId: string | undefined;
  let isEnded = false;
  let broken: unknown = new Error(`the events of ${path} ended before the adaptation did`);
  for (let silent = 0; silent < MAX_SILENT_ATTEMPTS; silent++) {
    const { body, status } = await request(path, { headers: { 'last-event-id': lastId }, signal });
    if (status === NO_MORE) return;
    try {
      for await (const event of messagesOf(body)) {
        lastId = event.id;
        silent = 0;
        yield event;
        isEnded ||= hasEnded(event.type);
        const mayGoOn = event.type === 'succeeded' && to === 'report';
        if ((hasEnded(event.type) && !mayGoOn) || event.type === REPORT) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      broken = error;
    }
  }
  if (!isEnded) throw noAnswer(server, broken);
}

/** Messages of a stream. Skips comments, which keep the connection open. */
async function* messagesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<AdaptationEvent> {
  const reader = body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  try {
    for (let rest = ''; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const messages = `${rest}${decoder.decode(value, { stream: true })}`.split(/\r?\n\r?\n/);
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const event = eventOf(message);
        if (event) yield event;
      }
    }
  } finally {
    // Also when the caller stops early: the server then ends the stream.
    await reader.cancel().catch(() => {});
  }
}

function eventOf(message: string): AdaptationEvent | null {
  const fields = new Map(
    message.split(/\r?\n/).flatMap((line) => {
      const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? ''] as const];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? '', type: fields.get('event') ?? 'message', data: JSON.parse(data) };
}
