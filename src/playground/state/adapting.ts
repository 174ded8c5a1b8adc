import { type Adaptation, InnerloopProblem, type Teaching } from '../../client/index.ts';
import { api, isAway, messageOf, RETRY_MS } from '../api/api.ts';
import { askAgain } from './asking.ts';
import type { Example, Labels } from './labels.ts';
import { latest } from './latest.ts';
import { reads, type Session } from './session.ts';

/** Waits for the next example before it learns. */
const PAUSE_MS = 350;

const turns = new WeakMap<Session, number>();
const runners = new WeakMap<Session, () => void>();
const timers = new WeakMap<Session, ReturnType<typeof setTimeout>>();

/** Learns from what the session holds now. If it already learns, it does so again afterwards. */
export function adapt(session: Session): void {
  clearTimeout(timers.get(session));
  let run = runners.get(session);
  if (run === undefined) {
    run = latest<void>(() => adaptNow(session));
    runners.set(session, run);
  }
  run();
}

/** Learns a moment later, if the session learns by itself and has something to learn. */
export function examplesChanged(session: Session): void {
  clearTimeout(timers.get(session));
  if (!session.isAuto.value || !isReady(session)) return;
  timers.set(
    session,
    setTimeout(() => adapt(session), PAUSE_MS),
  );
}

/** Two labels with examples, or a table. */
export function isReady({ labels, table, adaptation }: Session): boolean {
  if (table.value !== null) return true;
  const taught = labels.value.filter(({ examples }) => examples.length > 0 || adaptation.value !== null);
  return taught.length >= 2;
}

async function adaptNow(session: Session): Promise<void> {
  await session.forgetting;
  const lesson = lessonOf(session);
  if (lesson === null) return;
  const { teaching, taught, isReplaced } = lesson;
  const refused = ({ pointer = '' }: InnerloopProblem) =>
    taught[Number(/^\/support\/(\d+)/.exec(pointer)?.[1])]?.example.key;
  await follows(session, refused, async () => {
    const adaptation = await api.adapt(session.task, teaching, { wait: false });
    if (isReplaced) session.accepted.clear();
    for (const { example, label } of taught) session.accepted.set(example.key, label);
    return adaptation;
  });
  retryLater(session);
}

/**
 * Teaches again after a moment if the service could not be reached. It is unknown which examples it has received, so all are
 * sent again.
 */
function retryLater(session: Session): void {
  const { run, accepted, isPartial, table } = session;
  const failed = run.value;
  if (failed.phase !== 'failed' || !failed.isAway) return;
  if (!isPartial.value && table.value === null) accepted.clear();
  setTimeout(() => {
    if (run.value === failed) adapt(session);
  }, RETRY_MS);
}

/**
 * Submits, follows the run to its end, and asks the open question again.
 *
 * @param refused the key of the example that an error is about
 */
export async function follows(
  session: Session,
  refused: (error: InnerloopProblem) => number | undefined,
  submit: () => Promise<Adaptation>,
): Promise<void> {
  const { run } = session;
  const turn = (turns.get(session) ?? 0) + 1;
  turns.set(session, turn);
  // Labels may be given faster than they are learnt: the page reports the latest.
  const { signal } = session.round;
  const isOld = () => signal.aborted || turns.get(session) !== turn;
  try {
    run.value = { phase: 'running', losses: [], examples: 0 };
    const accepted = await reads(session, submit());
    const losses: number[] = [];
    const examples = accepted.support.examples;
    const ended = await api.adaptations.followed(accepted, {
      signal,
      onEvent({ type, data }) {
        if (isOld()) return;
        if (type === 'step' && data.loss !== undefined) losses.push(data.loss);
        run.value = { phase: 'running', losses: [...losses], examples };
      },
    });
    if (isOld()) return;
    if (ended.status !== 'succeeded') {
      run.value = { phase: 'failed', message: ended.error?.message ?? ended.status };
      return;
    }
    const isHeld = ended.gate?.decision === 'held';
    run.value = { phase: 'done', isHeld };
    if (isHeld) return;
    session.adaptation.value = ended;
    session.version.value = null;
    askAgain(session);
    if (ended.report === null) void waitForReport(session, ended);
  } catch (error) {
    if (isOld()) return;
    const key = error instanceof InnerloopProblem ? refused(error) : undefined;
    run.value = { phase: 'failed', message: messageOf(error), refused: key, isAway: isAway(error) };
  }
}

/** The report may be computed after the end of the adaptation. */
async function waitForReport(
  { task, adaptation, round: { signal } }: Session,
  ended: Adaptation,
): Promise<void> {
  const report = await api.report(task, ended.id, { signal }).catch(() => null);
  if (adaptation.value?.id === ended.id) adaptation.value = { ...ended, report };
}

interface Taught {
  readonly label: string;
  readonly example: Example;
}

const examplesOf = (labels: Labels): Taught[] =>
  labels.flatMap(({ name, examples }) => examples.map((example) => ({ label: name, example })));

interface Lesson {
  readonly teaching: Teaching;
  readonly taught: readonly Taught[];
  /** Whether the service then has only these. */
  readonly isReplaced: boolean;
}

/** The examples that the service does not have yet; null if there are none. All are sent again only if necessary. */
function lessonOf({ model, labels, table, accepted, isPartial }: Session): Lesson | null {
  if (table.value !== null && labels.value.length === 0) {
    const { text, target } = table.value;
    const support = { headers: { 'content-type': 'text/csv' }, open: () => text };
    return { teaching: { support, target }, taught: [], isReplaced: true };
  }
  const all = examplesOf(labels.value);
  const held = new Map(all.map(({ label, example }) => [example.key, label]));
  const isChanged = [...accepted].some(([key, label]) => held.get(key) !== label);
  const canAppend = !isChanged && (accepted.size > 0 || isPartial.value || table.value !== null);
  const taught = canAppend ? all.filter(({ example }) => !accepted.has(example.key)) : all;
  if (taught.length === 0) return null;
  const support = taught.map(({ label, example }) => ({ label, input: example.value }));
  const teaching = { ...(model && { model }), ...(canAppend && { mode: 'append' as const }), support };
  return { teaching, taught, isReplaced: !canAppend };
}
