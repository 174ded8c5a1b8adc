import { type Adaptation, type Prediction, succeeded } from '../../client/index.ts';
import { api } from '../api/api.ts';
import { taskOfPackage } from '../api/page-tasks.ts';
import type { Input } from '../state/labels.ts';
import { reads, type Session } from '../state/session.ts';

/** What a package answered. */
export interface Answered {
  readonly adaptation: Adaptation;
  readonly prediction: Prediction;
  /** Time of the prediction with its way here and back. */
  readonly ms: number;
}

/** With few examples the report is computed soon. Its estimate is shown if it is ready. */
const REPORT_MS = 1000;

/** The packages that read the same inputs as `model`, itself among them. */
export async function alternatives(model: string): Promise<readonly string[]> {
  const all = await api.models.list();
  const own = all.find(({ name }) => name === model.split('@')[0]);
  if (own === undefined) return [];
  const input = JSON.stringify(own.input);
  return all
    .filter(
      ({ status, task, input: each }) =>
        status === 'ready' && task === own.task && JSON.stringify(each) === input,
    )
    .map(({ name }) => name);
}

/**
 * Teaches a package the examples of the session, and asks it.
 *
 * @param input what to ask about
 * @param signal is aborted when somebody starts over
 */
export async function askPackage(
  session: Session,
  model: string,
  input: Input,
  signal: AbortSignal,
): Promise<Answered> {
  const adaptation = await teachPackage(session, model, signal);
  const started = performance.now();
  const { predictions } = await api.predict(adaptation.task, [input.value], { signal });
  return {
    adaptation,
    prediction: predictions[0] ?? { warnings: [] },
    ms: performance.now() - started,
  };
}

async function teachPackage(session: Session, model: string, signal: AbortSignal): Promise<Adaptation> {
  signal.throwIfAborted();
  const support = session.labels.value.flatMap(({ name, examples }) =>
    examples.map(({ value }) => ({ label: name, input: value })),
  );
  const task = taskOfPackage(session.task, model);
  // Starting over deletes this task, too, and waits until the service has it.
  const accepted = await reads(session, api.adapt(task, { model, support }, { wait: false }));
  const adaptation = succeeded(await api.adaptations.followed(accepted, { signal }));
  const patience = AbortSignal.timeout(REPORT_MS);
  const report = await api.report(task, adaptation.id, { signal: patience }).catch(() => null);
  return { ...adaptation, report };
}
