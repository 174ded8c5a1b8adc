import { isPredictionOf, type KeptPrediction } from '../../domain/feedback/kept-prediction.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PredictionStore } from '../../ports/stores/prediction-store.ts';

interface Parts {
  readonly predictions?: PredictionStore | undefined;
  readonly clock: Clock;
}

/**
 * A prediction that the task keeps. @throws InnerloopError `prediction_not_found` for an id that was not given to a prediction of
 * this task, `prediction_not_kept` for one whose prediction is not kept any more
 */
export async function findPrediction(
  { predictions, clock }: Parts,
  tenant: TenantId,
  task: string,
  id: string,
): Promise<KeptPrediction> {
  if (!isPredictionOf(id, tenant, task)) {
    const details = { got: id.slice(0, 64) };
    throw new InnerloopError('prediction_not_found', `Task ${task} has no such prediction`, details);
  }
  const found = await predictions?.find(tenant, task, id, clock.now().toISOString());
  if (!found) throw notKept(id);
  return found;
}

export function notKept(id: string): InnerloopError {
  const expected = 'a prediction that the task still keeps: its settings say how many, and for how long';
  const message = `Expected ${expected}. Send the input in place of its id`;
  return new InnerloopError('prediction_not_kept', message, { expected, got: id });
}
