import type { Adaptation, Prediction } from '../../client/index.ts';
import { api } from '../api/api.ts';
import type { Input } from '../state/labels.ts';
import type { Session } from '../state/session.ts';

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

export const taskOf = ({ task }: Session, name: string) => `${task}-${name}`;

export async function teachPackage(session: Session, model: string): Promise<Adaptation> {
  const support = session.labels.value.flatMap(({ name, examples }) =>
    examples.map(({ value }) => ({ label: name, input: value })),
  );
  const task = taskOf(session, model);
  const adaptation = await api.adapt(task, { model, support });
  const signal = AbortSignal.timeout(REPORT_MS);
  const report = await api.report(task, adaptation.id, { signal }).catch(() => null);
  return { ...adaptation, report };
}

/** @param input what to ask about */
export async function askPackage(
  session: Session,
  model: string,
  input: Input,
): Promise<Omit<Answered, 'adaptation'>> {
  const started = performance.now();
  const { predictions } = await api.predict(taskOf(session, model), [input.value]);
  return { prediction: predictions[0] ?? { warnings: [] }, ms: performance.now() - started };
}
