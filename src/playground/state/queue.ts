import { type Signal, signal } from '@preact/signals';
import type { Outcome, Review } from '../../client/index.ts';
import { api, messageOf, unlistedApi } from '../api/api.ts';
import type { Call } from '../api/call.ts';
import type { Input } from './labels.ts';
import { reads, type Session } from './session.ts';
import { READERS } from './stored.ts';
import { teachAnswer } from './teaching.ts';

/** A kept prediction that needs a label. */
export interface QueueItem {
  readonly prediction: Review[number];
  /** Null if the service does not keep it any more. */
  readonly input: Promise<Input | null>;
}

/** What the service asks labels for, one after the other. Items before `at` are done. */
export interface Queue {
  /** Null before the service was asked. */
  readonly items: Signal<readonly QueueItem[] | null>;
  readonly at: Signal<number>;
  /** The given answers, by the id of the prediction. */
  readonly said: Signal<ReadonlyMap<string, Outcome>>;
  readonly problem: Signal<string>;
  /** Names the files of the last batch that could not be read. */
  readonly unread: Signal<string>;
  /** Labels in the order of their keys, which does not change while somebody labels. */
  readonly names: string[];
  /** The last answer. It is sent with the next key, or after a few seconds, so that it can be taken back without a trace. */
  waiting: { readonly item: QueueItem; readonly timer: ReturnType<typeof setTimeout> } | null;
}

/** An answer can be taken back for this long. */
const UNDO_MS = 5000;
/** Number of items that one call requests. */
const MOST = 30;
/** The setting `keep` that the page gives a task when the user turns it on. */
const KEEP = { predictions: 1000, hours: 24 * 30 } as const;

/** By `round`: a new task has an empty queue. */
const queues = new WeakMap<object, Queue>();

export function queueOf(session: Session): Queue {
  const known = queues.get(session.round);
  if (known) return known;
  const queue: Queue = {
    items: signal(null),
    at: signal(0),
    said: signal(new Map()),
    problem: signal(''),
    unread: signal(''),
    names: [],
    waiting: null,
  };
  queues.set(session.round, queue);
  return queue;
}

/** Adds what the service asks for now to the end of the queue. */
export async function refill(session: Session): Promise<void> {
  const queue = queueOf(session);
  const { task } = session;
  try {
    const found = await reads(session, api.review(task, { limit: MOST }));
    const known = queue.items.value ?? [];
    const ids = new Set(known.map(({ prediction }) => prediction.id));
    const added = found.filter(({ id }) => !ids.has(id));
    queue.items.value = [...known, ...added.map((prediction) => itemOf(task, prediction))];
    queue.problem.value = '';
  } catch (error) {
    queue.problem.value = messageOf(error);
  }
}

function itemOf(task: string, prediction: Review[number]): QueueItem {
  let input: Promise<Input | null> | undefined;
  return {
    prediction,
    // Fetched when it is shown. If that fails, it is fetched again when it is shown again.
    get input() {
      input ??= unlistedApi.predictions
        .content(task, prediction.id)
        .then(READERS[prediction.kind])
        .catch(() => {
          input = undefined;
          return null;
        });
      return input;
    },
  };
}

/** Starts or stops keeping predictions. Those that were kept expire when their time is over. */
export async function setKeeping(session: Session, isKept: boolean): Promise<void> {
  const queue = queueOf(session);
  const before = session.keeps.value;
  // At once: what is typed meanwhile must not be kept.
  session.keeps.value ||= isKept;
  try {
    await api.tasks.put(session.task, bodyOf(isKept));
    session.keeps.value = isKept;
  } catch (error) {
    session.keeps.value = before;
    queue.problem.value = messageOf(error);
  }
}

const bodyOf = (isKept: boolean) => ({ keep: isKept ? KEEP : null });

/** This call as it is shown. */
export const keepCall = ({ task }: Session, isKept: boolean): Call => ({
  method: 'PUT',
  path: `tasks/${task}`,
  body: { json: bodyOf(isKept) },
});

export const currentOf = ({ items, at }: Queue): QueueItem | undefined => items.value?.[at.value];

/** The labels by their key, 1 first: those of the current adaptation, then those that were given here. */
export function labelsOf(session: Session): readonly string[] {
  const { names, said } = queueOf(session);
  const taught = Object.keys(session.adaptation.value?.support.labels ?? {});
  const known = new Set([...taught, ...[...said.value.values()].flatMap(({ label }) => label ?? [])]);
  for (const name of known) if (!names.includes(name)) names.push(name);
  return names.filter((name) => known.has(name));
}

/** Gives the right answer for the item that is shown, and shows the next one. */
export function giveAnswer(session: Session, outcome: Outcome): void {
  const queue = queueOf(session);
  const item = currentOf(queue);
  if (!item) return;
  flush(session);
  queue.said.value = new Map(queue.said.value).set(item.prediction.id, outcome);
  queue.waiting = { item, timer: setTimeout(() => flush(session), UNDO_MS) };
  next(session);
}

export function skip(session: Session): void {
  if (!currentOf(queueOf(session))) return;
  flush(session);
  next(session);
}

function next(session: Session): void {
  const queue = queueOf(session);
  queue.at.value += 1;
  if (!currentOf(queue)) void refill(session);
}

/** Shows the item before. An answer that was not sent yet is taken back; one that was sent can be replaced. */
export function undo(session: Session): void {
  const queue = queueOf(session);
  if (queue.at.value === 0) return;
  queue.at.value -= 1;
  const item = currentOf(queue);
  if (!item || queue.waiting?.item !== item) return;
  clearTimeout(queue.waiting.timer);
  queue.waiting = null;
  const said = new Map(queue.said.value);
  said.delete(item.prediction.id);
  queue.said.value = said;
}

/** Sends the answer that waits. */
export function flush(session: Session): void {
  const queue = queueOf(session);
  if (!queue.waiting) return;
  const { item, timer } = queue.waiting;
  clearTimeout(timer);
  queue.waiting = null;
  const outcome = queue.said.value.get(item.prediction.id);
  if (!outcome) return;
  void item.input.then((input) => {
    if (input) void teachAnswer(session, { prediction: item.prediction.id, input, outcome });
  });
}

/** Inputs of one call. */
const AT_ONCE = 16;

/** Predicts inputs without labels, so that the service keeps them, and then lists what to label first. */
export async function bring(session: Session, inputs: readonly Input[]): Promise<void> {
  const queue = queueOf(session);
  try {
    for (let from = 0; from < inputs.length; from += AT_ONCE)
      await api.predict(
        session.task,
        inputs.slice(from, from + AT_ONCE).map(({ value }) => value),
      );
  } catch (error) {
    queue.problem.value = messageOf(error);
    return;
  }
  await refill(session);
}
