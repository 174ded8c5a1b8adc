import type { Adaptation, Outcome } from '../../client/index.ts';
import { api, firstOf, unlistedApi } from '../api/api.ts';
import { sampleOf } from '../samples/samples.ts';
import { adapt, examplesChanged, follows } from './adapting.ts';
import { ask, forgetQuestion } from './asking.ts';
import { changed, emptyLabel, freeName, type Input, type Labels, relabelled, withInputs } from './labels.ts';
import { firstRow, rowInput } from './rows.ts';
import { type OpenTable, type Session, startOver } from './session.ts';

function change(session: Session, labels: Labels): void {
  session.labels.value = labels;
  examplesChanged(session);
}

export function addInputs(session: Session, name: string, inputs: readonly Input[]): void {
  if (inputs.length > 0) change(session, withInputs(session.labels.value, name, inputs));
}

export function addLabel(session: Session, base: string): void {
  session.labels.value = [...session.labels.value, emptyLabel(freeName(session.labels.value, base))];
}

/** Renames a label. A name that another label has is refused: the two would become one. */
export function renameLabel(session: Session, key: number, name: string): boolean {
  const isTaken = session.labels.value.some((label) => label.name === name && label.key !== key);
  if (name === '' || isTaken) return false;
  change(
    session,
    changed(session.labels.value, key, (label) => ({ ...label, name })),
  );
  return true;
}

export function removeLabel(session: Session, key: number): void {
  change(
    session,
    session.labels.value.filter((label) => label.key !== key),
  );
}

export function removeExample(session: Session, labelKey: number, key: number): void {
  const without = changed(session.labels.value, labelKey, (label) => ({
    ...label,
    examples: label.examples.filter((example) => example.key !== key),
  }));
  change(session, without);
}

/** Whether an example can be taken back. If the service has more than this page, it can only forget all. */
export const canRemove = ({ isPartial, accepted }: Session, key: number) =>
  !isPartial.value || !accepted.has(key);

/** Starts again with the built-in examples, and asks about the first input that is not among them. */
export async function trySample(session: Session): Promise<void> {
  await startOver(session);
  const { labels, questions, table } = await sampleOf[session.kind]();
  session.labels.value = labels;
  session.table.value = table ?? null;
  session.suggestions.value = questions;
  const first = table ? rowInput(firstRow(table, [])) : questions[0];
  if (first) ask(session, first);
  adapt(session);
}

/** Learns a table again. Another column to predict may need another package, so the task is created again. */
export async function teachTable(session: Session, table: OpenTable): Promise<void> {
  await startOver(session);
  session.table.value = table;
  ask(session, rowInput(firstRow(table, [])));
  examplesChanged(session);
}

export async function startAgain(session: Session): Promise<void> {
  forgetQuestion(session);
  await startOver(session);
}

/** Teaches what is right for the last question. */
export async function correct(session: Session, outcome: Outcome): Promise<void> {
  const { answer } = session;
  if (answer.value.phase !== 'answered') return;
  const { input, prediction } = answer.value;
  await teachAnswer(session, { prediction: prediction.id, input, outcome });
}

interface RightAnswer {
  /** The id of the prediction, if the service keeps it: then it also counts how often it was right. */
  readonly prediction: string | undefined;
  readonly input: Input;
  readonly outcome: Outcome;
}

/** Teaches what is right. */
export async function teachAnswer(session: Session, right: RightAnswer): Promise<void> {
  const { task, labels, accepted } = session;
  const { prediction, input, outcome } = right;
  const posted = postings.get(session) ?? Promise.resolve();
  const of = prediction === undefined ? { input: input.value } : { prediction };
  // One after the other, so that the page knows the order of the examples.
  const posting = posted.then(() => api.feedback(task, { ...of, ...outcome, readapt: 'now' }));
  postings.set(
    session,
    posting.catch(() => null),
  );
  const nothing = () => undefined;
  await follows(session, nothing, async () => {
    const { adaptation } = await posting;
    const taught = outcome.label === undefined ? null : relabelled(labels.value, outcome.label, input);
    if (taught && outcome.label !== undefined) {
      labels.value = taught.labels;
      accepted.set(taught.key, outcome.label);
    }
    return adaptation ?? nextOf(task);
  });
}

const postings = new WeakMap<Session, Promise<unknown>>();

/** How often it looks for the adaptation that begins after another one. */
const NEXT_MS = [50, 100, 200, 400, 800];

/** The adaptation that learns from feedback, where that had to wait for the end of another one. */
async function nextOf(task: string): Promise<Adaptation> {
  const busy = await latestOf(task);
  await unlistedApi.adaptations.followed(busy);
  for (const ms of NEXT_MS) {
    const latest = await latestOf(task);
    if (latest.id !== busy.id) return latest;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
  return busy;
}

async function latestOf(task: string): Promise<Adaptation> {
  const [latest] = await firstOf(unlistedApi.adaptations.list(task, { pageSize: 1 }), 1);
  return latest as Adaptation;
}
