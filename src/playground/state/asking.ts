import { signal } from '@preact/signals';
import type { PredictOptions } from '../../client/index.ts';
import { api, isAway, messageOf, RETRY_MS } from '../api/api.ts';
import { t } from '../words/words.ts';
import type { Input } from './labels.ts';
import { latest } from './latest.ts';
import { reads, type Session } from './session.ts';

const askers = new WeakMap<Session, (input: Input) => void>();

/** Predicts an input. While a prediction is in progress, newer inputs replace each other. */
export function ask(session: Session, input: Input): void {
  session.question.value = input;
  if (session.adaptation.value === null) return;
  let asker = askers.get(session);
  if (asker === undefined) {
    asker = latest((each) => askNow(session, each));
    askers.set(session, asker);
  }
  asker(input);
}

/** Predicts the same input again, after an adaptation. */
export function askAgain(session: Session): void {
  if (session.question.value !== null) ask(session, session.question.value);
}

export function forgetQuestion(session: Session): void {
  session.question.value = null;
  session.answer.value = { phase: 'none' };
}

/** Whether "none of these" is an answer, too. With two or three examples of a label it often is, so it is off at first. */
export const mayReject = signal(false);

/** After this time without a change, an input counts as complete. */
const SETTLED_MS = 1200;

/** Questions that the service keeps or counts already. */
const recorded = new WeakSet<Input>();

const optionsOf = (session: Session, isTrial: boolean): PredictOptions => ({
  ...(mayReject.value && { reject: true }),
  ...(session.version.value !== null && { adaptation: session.version.value }),
  ...(isTrial && trialOf(session)),
});

/** Options of a prediction that the service must neither keep nor count. */
export const trialOf = ({ keeps, monitors }: Session): PredictOptions =>
  keeps.value || monitors.value ? { trial: true } : {};

/** If the service keeps or counts inputs, a complete question is sent again without the option `trial`. */
function recordSettled(session: Session, input: Input): void {
  const { keeps, monitors, version, question } = session;
  const isWanted = () => (keeps.value || monitors.value) && version.value === null && !recorded.has(input);
  if (!isWanted()) return;
  setTimeout(() => {
    if (!isWanted() || question.value !== input) return;
    recorded.add(input);
    void askNow(session, input, false);
  }, SETTLED_MS);
}

async function askNow(session: Session, input: Input, isTrial = true): Promise<void> {
  const { task, answer, question, adaptation } = session;
  // The task may have been forgotten while this question waited.
  if (adaptation.value === null) return;
  const started = performance.now();
  try {
    const { predictions } = await reads(
      session,
      api.predict(task, [input.value], optionsOf(session, isTrial)),
    );
    const [prediction] = predictions;
    // The question may have been taken back in the meantime.
    if (prediction && question.value !== null && (isTrial || question.value === input))
      answer.value = { phase: 'answered', prediction, input, ms: performance.now() - started };
    recordSettled(session, input);
  } catch (error) {
    answer.value = { phase: 'failed', message: messageOf(error) };
    if (isAway(error) && isTrial) retryLater(session, input);
  }
}

function retryLater(session: Session, input: Input): void {
  const failed = session.answer.value;
  setTimeout(() => {
    if (session.answer.value === failed && session.question.value === input) ask(session, input);
  }, RETRY_MS);
}

/** Predicts the input in a file, or shows that the file cannot be read. */
export async function askAbout(
  session: Session,
  file: Blob,
  read: (file: Blob) => Promise<Input>,
): Promise<void> {
  try {
    ask(session, await read(file));
  } catch {
    const name = file instanceof File ? file.name : file.type;
    session.question.value = null;
    session.answer.value = { phase: 'failed', message: t().unreadable(name, session.kind) };
  }
}
