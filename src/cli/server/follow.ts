import type { Adaptation, AdaptationEvent, Client } from '../../client/index.ts';
import type { CliContext } from '../context.ts';
import { createLateProgress } from '../display/late-progress.ts';

/** Waits for the end of an adaptation, with its steps as progress. Returns its record. */
export async function followed(
  { adaptations }: Client,
  record: Adaptation,
  { stderr, clock, signal }: Pick<CliContext, 'stderr' | 'clock' | 'signal'>,
): Promise<Adaptation> {
  const display = createLateProgress({ name: 'learning, step', stream: stderr, clock });
  const total = Math.max(1, record.progress.steps);
  const onEvent = ({ type, data: { step = 0, loss = 0 } }: AdaptationEvent) =>
    display.update({ done: step, total, notes: [type === 'step' ? `loss ${loss.toFixed(3)}` : type] });
  try {
    return await adaptations.followed(record, { onEvent, signal });
  } finally {
    display.stop();
  }
}

const CANCEL_MS = 5000;

/** On disposal, if the user has pressed Ctrl-C meanwhile: asks the server to stop the adaptation. */
export function cancelWhenInterrupted(
  { adaptations }: Client,
  { task, id }: Adaptation,
  { signal, stderr }: Pick<CliContext, 'signal' | 'stderr'>,
): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      if (!signal.aborted) return;
      const call = { signal: AbortSignal.timeout(CANCEL_MS) };
      const answered = await adaptations.cancel(task, id, call).catch(() => null);
      if (answered) stderr.write('The adaptation is cancelled\n');
    },
  };
}
