import type { Service } from '../service.ts';
import { toPredictions } from './predictions.ts';

/** Predictions in the caller's terms: labels by name, values nested. */
export function createPredict(adapted: Service['adaptedModel']): Service['predict'] {
  return async (tenant, taskId, inputs, options = {}) => {
    const { adaptation, model, classes, decode, answer } = await adapted(tenant, taskId, options.adaptation);
    const x = await decode(inputs, options.signal);
    const { timings, ...answers } = await answer(x);
    return { adaptation, model, predictions: toPredictions(answers, classes), timings };
  };
}
