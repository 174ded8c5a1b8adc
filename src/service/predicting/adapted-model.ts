import { mapWithLimit } from '../../concurrency/limit.ts';
import { ADAPTATION_ID_PATTERN, type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import { classOrder } from '../../domain/labels.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { sizeOf, stack } from '../../tensor.ts';
import { adaptationNotFound } from '../adapting/adaptations.ts';
import { atItem } from '../inputs/invalid-input.ts';
import { decodeTensor } from '../inputs/numbers.ts';
import { createPixelBudget } from '../inputs/pixel-budget.ts';
import type { DecodeInput, RawInput } from '../inputs/raw-input.ts';
import type { Models } from '../models.ts';
import type { Service } from '../service.ts';
import { isTaskId, taskNotFound } from '../tasks/checks.ts';
import type { CurrentAdaptation } from './current-adaptation.ts';
import { createPredictionMeasures } from './prediction-metrics.ts';
import { toAnswers } from './predictions.ts';
import { RECOMPUTED, type States, stateKey } from './states.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly current: CurrentAdaptation;
  readonly states: States;
  readonly runner: ProgramRunner;
  readonly cache: StateCache;
  readonly meter: Meter;
  readonly decodeInput: DecodeInput;
  /** Most inputs of one request. */
  readonly maxInputs: number;
  /** Most numbers of one answer. */
  readonly maxNumbers: number;
  /** Most pixels of one request's pictures. */
  readonly maxPixels: number;
}

const ADAPTATION_ID = new RegExp(ADAPTATION_ID_PATTERN);

/** The one way to predictions, whatever protocol asks. */
export function createAdaptedModel({
  models,
  store,
  current,
  states,
  runner,
  cache,
  meter,
  decodeInput,
  maxInputs,
  maxNumbers,
  maxPixels,
}: Parts): Service['adaptedModel'] {
  const measure = createPredictionMeasures(meter, ['memory', cache.tier, RECOMPUTED]);

  return async (tenant, taskId, id) => {
    const adaptation = await answering(tenant, taskId, id);
    const manifest = manifestOf(adaptation);
    const { labels } = adaptation.support;
    const classes = labels ? classOrder(Object.keys(labels)) : null;
    const answerShape = manifest.output.shape.map((dim) => (dim === 'ways' ? (classes?.length ?? 0) : dim));
    const requireCount = countCheck(sizeOf(answerShape));
    return {
      adaptation: adaptation.id,
      model: adaptation.model,
      input: manifest.input,
      classes,
      answerShape,
      async decode(inputs, signal) {
        if ('length' in inputs) requireCount(inputs.length);
        const withinBudget = createPixelBudget(maxPixels);
        const decodeOne = (input: RawInput, item: number) => {
          requireCount(item + 1);
          return atItem(item, () =>
            withinBudget((takePixels) => decodeInput(input, manifest.input, takePixels)),
          );
        };
        const rows = await mapWithLimit(inputs, decodeOne, signal);
        requireCount(rows.length);
        return stack(rows);
      },
      decodeTensor: (tensor) => atItem(0, () => decodeTensor(tensor, manifest.input)),
      async answer(x) {
        requireCount(x.shape[0] ?? 0);
        const { y, timings } = await runner.predict({
          digest: manifest.digest,
          stateId: stateKey(adaptation),
          x,
          async loadState() {
            const state = await states.load(adaptation);
            // Deleted since we looked: as for whoever looks now.
            if (!state) throw taskNotFound(taskId);
            return state;
          },
        });
        measure(timings);
        return { ...toAnswers(y, classes), timings };
      },
    };
  };

  /** The task's current adaptation, or the one named: any that has succeeded can be computed again, so it can answer. */
  async function answering(tenant: TenantId, taskId: string, id: string | undefined): Promise<Adaptation> {
    const found = isTaskId(taskId) ? await current.of(tenant, taskId) : null;
    if (!found) throw taskNotFound(taskId);
    const { task, adaptation } = found;
    if (id === undefined) {
      if (adaptation) return adaptation;
      throw await notAdapted(task);
    }
    if (adaptation?.id === id) return adaptation;
    const named = ADAPTATION_ID.test(id) ? await store.adaptation(tenant, taskId, id) : null;
    if (!named) throw adaptationNotFound(taskId, id);
    if (named.status === 'succeeded') return named;
    throw notSucceeded(named);
  }

  function manifestOf({ packageDigest, model }: Adaptation): Manifest {
    const manifest = models.withDigest(packageDigest);
    if (manifest) return manifest;
    throw new InnerloopError(
      'task_not_adapted',
      `${model} was replaced since the task was adapted: adapt it again`,
      {
        expected: 'an adaptation of the installed model',
        got: model,
      },
    );
  }

  function notSucceeded({ id, status, error }: Adaptation): InnerloopError {
    const why = error ? ` (${error.message})` : '';
    const message = `Adaptation ${id} is ${status}${why}: expected one that has succeeded`;
    return new InnerloopError('adaptation_not_succeeded', message, {
      expected: 'an adaptation that has succeeded',
      got: status,
      ...(!hasEnded(status) && { retryAfterSeconds: 1 }),
    });
  }

  /** Says whether waiting helps. */
  async function notAdapted({ tenant, id }: Task): Promise<InnerloopError> {
    const { data } = await store.adaptations(tenant, id, { limit: 1 });
    const [latest] = data;
    const why = latest?.error ? `: ${latest.error.message}` : '';
    const got = latest ? `the latest is ${latest.status} (${latest.id})${why}` : 'none was submitted';
    const details = { expected: 'an adaptation that has succeeded', got };
    const message = `Task ${id} has no adaptation that has succeeded; ${got}`;
    const waits = latest && !hasEnded(latest.status);
    return new InnerloopError(
      'task_not_adapted',
      message,
      waits ? { ...details, retryAfterSeconds: 1 } : details,
    );
  }

  /** Refuses more inputs than there may be where the answer to each has `numbers` numbers. */
  function countCheck(numbers: number): (count: number) => void {
    const most = Math.max(1, Math.min(maxInputs, Math.floor(maxNumbers / numbers)));
    return (count) => {
      if (count >= 1 && count <= most) return;
      const expected = `from 1 to ${most} inputs${most < maxInputs ? ` (an answer to each has ${numbers} numbers)` : ''}`;
      const got = String(count);
      throw new InnerloopError('invalid_input', `Expected ${expected}, got ${got}`, {
        pointer: '/inputs',
        expected,
        got,
      });
    };
  }
}
