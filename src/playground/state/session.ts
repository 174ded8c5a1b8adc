import { type Signal, signal } from '@preact/signals';
import type { Adaptation, Prediction, Task } from '../../client/index.ts';
import { api, firstOf, messageOf } from '../api/api.ts';
import { deleteTasks, MOST_TASKS } from '../api/page-tasks.ts';
import { t } from '../words/words.ts';
import { KINDS, type Kind } from './kinds.ts';
import { emptyLabel, type Input, type Labels } from './labels.ts';

/** How far learning is. */
export type Run =
  | { readonly phase: 'none' }
  | { readonly phase: 'running'; readonly losses: readonly number[]; readonly examples: number }
  /** `isHeld`: it has learnt, but the version before it answers better, and still does. */
  | { readonly phase: 'done'; readonly isHeld: boolean }
  /** `refused`: the key of the example that the service did not take. `isAway`: the service could not be reached. */
  | {
      readonly phase: 'failed';
      readonly message: string;
      readonly refused?: number | undefined;
      readonly isAway?: boolean;
    };

export type Answer =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'answered';
      readonly prediction: Prediction;
      readonly ms: number;
      readonly input: Input;
    }
  | { readonly phase: 'failed'; readonly message: string };

export interface OpenTable {
  readonly name: string;
  readonly text: string;
  /** The column to predict. */
  readonly target: string;
}

/** What a person teaches and asks in one kind of input. Each kind is a task of its own. */
export interface Session {
  readonly kind: Kind;
  readonly task: string;
  /** Undefined: the service chooses the package by the kind of the inputs. */
  readonly model: string | undefined;
  readonly labels: Signal<Labels>;
  readonly table: Signal<OpenTable | null>;
  /** The columns of a table that the service knew before the page was opened. */
  readonly columns: Signal<readonly string[]>;
  /** Whether it learns as examples are added. */
  readonly isAuto: Signal<boolean>;
  readonly run: Signal<Run>;
  /** The adaptation that answers now. */
  readonly adaptation: Signal<Adaptation | null>;
  /** Whether the service knew the task before the page was opened. */
  readonly isKept: Signal<boolean>;
  /** Whether the service keeps predictions, to ask for labels, and whether it monitors inputs. */
  readonly keeps: Signal<boolean>;
  readonly monitors: Signal<boolean>;
  /** Whether the service has examples that this page does not have. Then the examples must not be replaced. */
  readonly isPartial: Signal<boolean>;
  /** An older adaptation to ask, or null for the current one. */
  readonly version: Signal<string | null>;
  readonly question: Signal<Input | null>;
  readonly answer: Signal<Answer>;
  /** Inputs to ask about that are not among the examples. */
  readonly suggestions: Signal<readonly Input[]>;
  /** The examples that the service has, in their order there: their keys, with the label that each had. */
  readonly accepted: Map<number, string>;
  /** Why the service may still have a task that was deleted on the page, or empty. */
  readonly notDeleted: Signal<string>;
  /** Another one for each task that the page begins. It is aborted when the page starts over. */
  round: AbortController;
  /** Resolves when the page has read the task from the service. */
  reading: Promise<unknown>;
  /** Resolves when a requested deletion of the task has ended. Examples that are added afterwards belong to a new task. */
  forgetting: Promise<unknown>;
}

const createSession = (kind: Kind): Session => ({
  kind,
  task: `playground-${kind}`,
  model: kind === 'drawing' ? 'omniglot-protonets' : undefined,
  labels: signal([]),
  table: signal(null),
  columns: signal([]),
  isAuto: signal(true),
  run: signal({ phase: 'none' }),
  adaptation: signal(null),
  isKept: signal(false),
  keeps: signal(false),
  monitors: signal(false),
  isPartial: signal(false),
  version: signal(null),
  question: signal(null),
  answer: signal({ phase: 'none' }),
  suggestions: signal([]),
  notDeleted: signal(''),
  accepted: new Map(),
  round: new AbortController(),
  reading: Promise.resolve(),
  forgetting: Promise.resolve(),
});

export const sessions = Object.fromEntries(KINDS.map((kind) => [kind, createSession(kind)])) as Readonly<
  Record<Kind, Session>
>;

export const isEmpty = ({ labels, table, isKept }: Session) =>
  labels.value.length === 0 && table.value === null && !isKept.value;

/** Finds the tasks that the page taught before: the service still knows them. */
export function findKeptTasks(): void {
  const listing = firstOf(api.tasks.list(), MOST_TASKS).catch(() => []);
  for (const session of Object.values(sessions)) {
    const { signal } = session.round;
    const finding = listing.then(async (data) => {
      const task = data.find(({ id }) => id === session.task);
      if (task?.current && !signal.aborted && isEmpty(session)) await showKept(session, task, task.current);
    });
    void reads(session, finding);
  }
}

async function showKept(session: Session, task: Task, current: string): Promise<void> {
  const { signal } = session.round;
  session.isKept.value = true;
  session.isPartial.value = true;
  session.keeps.value = task.keep !== null;
  session.monitors.value = task.monitor;
  session.columns.value = (task.columns ?? []).map(({ name }) => String(name));
  if (session.kind !== 'table') session.labels.value = (task.labels ?? []).map((name) => emptyLabel(name));
  const adaptation = await api.adaptations.get(session.task, current).catch(() => null);
  // The task may have been forgotten in the meantime.
  if (!signal.aborted) session.adaptation.value = adaptation;
}

/** Reads something of the task; it is not forgotten before that has ended. */
export function reads<Answer>(session: Session, reading: Promise<Answer>): Promise<Answer> {
  const nothing = () => undefined;
  // One that fails early must not end the wait for the others.
  session.reading = Promise.all([session.reading, reading.then(nothing, nothing)]);
  return reading;
}

/** Removes the task from the page, and deletes it on the service with those of the packages that were compared. */
export async function startOver(session: Session): Promise<void> {
  session.round.abort();
  session.round = new AbortController();
  session.labels.value = [];
  session.table.value = null;
  session.columns.value = [];
  session.run.value = { phase: 'none' };
  session.version.value = null;
  session.question.value = null;
  session.answer.value = { phase: 'none' };
  session.suggestions.value = [];
  session.accepted.clear();
  session.adaptation.value = null;
  session.isKept.value = false;
  session.isPartial.value = false;
  session.keeps.value = false;
  session.monitors.value = false;
  session.notDeleted.value = '';
  session.forgetting = Promise.all([session.reading, session.forgetting])
    .then(() => deleteTasks(session.task))
    .catch((error) => {
      session.notDeleted.value = t().notDeleted(messageOf(error));
    });
  await session.forgetting;
}
