import { mapWithLimit } from '../../concurrency/limit.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import { classOrder } from '../../domain/class-order.ts';
import { tensorContent } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { sizeOf, splitRows, stack, type Tensor } from '../../tensor.ts';
import type { Features } from '../inputs/features.ts';
import { atItem, invalidInput } from '../inputs/invalid-input.ts';
import { decodeTensor } from '../inputs/numbers/numbers.ts';
import { createPixelBudget, type TakePixels } from '../inputs/pixel-budget.ts';
import type { DecodeInput, RawInput } from '../inputs/raw-input.ts';
import type { Models } from '../models.ts';
import type { Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { taskNotFound } from '../tasks/checks.ts';
import type { CurrentAdaptation } from './current-adaptation.ts';
import { toAnswers } from './predictions.ts';
import { createReadInput } from './read-input.ts';
import { RECOMPUTED, type States, stateKey } from './states.ts';
import { createPredictionMetrics } from './telemetry.ts';

interface Parts {
  readonly models: Models;
  readonly current: CurrentAdaptation;
  readonly states: States;
  readonly runner: ProgramRunner;
  readonly cache: Pick<StateCache, 'tier'>;
  readonly meter: Meter;
  readonly decodeInput: DecodeInput;
  readonly features: Features;
  readonly limits: ServiceOptions['limits'];
  readonly keepPackage: NonNullable<ServiceOptions['keepPackage']>;
}

/** Enough to fill the runs of an encoder. */
const EMBEDDED_AT_A_TIME = 8;

/** Finds the adaptation that answers for a task, and decodes inputs and computes answers with it. All protocols use it. */
export function createAdaptedModel({
  models,
  current,
  states,
  runner,
  cache,
  meter,
  decodeInput,
  features,
  limits,
  keepPackage,
}: Parts): Service['adaptedModel'] {
  const record = createPredictionMetrics(meter, ['memory', cache.tier, RECOMPUTED]);

  return async (tenant, taskId, id) => {
    const adaptation = await current.find(tenant, taskId, id);
    const manifest = manifestOf(models, adaptation);
    // Tasks of versions before 0.3 did not keep their package when they were adapted.
    void keepPackage(manifest.digest);
    const { digest, output } = manifest;
    const input = models.input(manifest);
    const { labels } = adaptation.support;
    const classes = labels ? classOrder(Object.keys(labels)) : null;
    const answerShape = output.shape.map((dim) => (dim === 'ways' ? (classes?.length ?? 0) : dim));
    const checkCount = countCheck(limits, sizeOf(answerShape));
    return {
      adaptation: adaptation.id,
      model: adaptation.model,
      input,
      columns: adaptation.columns,
      classes,
      answerShape,
      async decode(inputs, signal) {
        if ('length' in inputs) checkCount(inputs.length);
        const withinBudget = createPixelBudget(limits.pixels);
        const columns = adaptation.columns ?? [];
        const readInput = createReadInput({ decodeInput, features }, { spec: input, tenant, columns });
        const decodeOne = (each: RawInput, item: number) => {
          checkCount(item + 1);
          const read = (take: TakePixels) => readInput(each, { take, urgency: 'prediction', signal });
          return atItem(item, () => withinBudget(read));
        };
        const rows = await mapWithLimit(inputs, decodeOne, signal, input.encoder && EMBEDDED_AT_A_TIME);
        checkCount(rows.length);
        return {
          x: stack(rows.map((each) => each.features)),
          warnings: rows.map(({ warnings }) => warnings),
        };
      },
      async decodeTensor(tensor) {
        if (input.shape.length === 0 && input.reads !== 'tensor')
          throw invalidInput('', 'a package that reads numbers', `one that reads ${input.reads}`);
        const x = await atItem(0, () => decodeTensor(tensor, input));
        const { encoder } = input;
        if (!encoder) return x;
        const embedRow = async (row: Tensor) => {
          const content = tensorContent({ shape: row.shape.slice(1), data: row.data });
          return (await features.embed(content, encoder, { owner: tenant, urgency: 'prediction' })).features;
        };
        return stack(await Promise.all(splitRows(x, 1).map(embedRow)));
      },
      async answer(x) {
        checkCount(x.shape[0] ?? 0);
        const { y, timings } = await runner.predict({
          digest,
          stateId: stateKey(adaptation),
          x,
          async loadState() {
            const state = await states.load(adaptation);
            // The task was deleted after the adaptation was found.
            if (!state) throw taskNotFound(taskId);
            return state;
          },
        });
        record(timings);
        return { ...toAnswers(y, classes), timings };
      },
    };
  };
}

function manifestOf(models: Models, { packageDigest, model }: Adaptation): Manifest {
  const manifest = models.withDigest(packageDigest);
  if (manifest) return manifest;
  models.requireEncoder(packageDigest);
  throw new InnerloopError(
    'task_not_adapted',
    `${model} was replaced after the task was adapted: adapt it again`,
    {
      expected: 'an adaptation of the installed model',
      got: model,
    },
  );
}

/** Checks the number of inputs of one request, when each answer has `numbers` numbers. */
function countCheck(limits: ServiceOptions['limits'], numbers: number): (count: number) => void {
  const maximum = Math.max(1, Math.min(limits.inputs, Math.floor(limits.numbers / numbers)));
  const reason = maximum < limits.inputs ? ` (each answer has ${numbers} numbers)` : '';
  return (count) => {
    if (count >= 1 && count <= maximum) return;
    const expected = `from 1 to ${maximum} inputs${reason}`;
    const got = String(count);
    throw new InnerloopError('invalid_input', `Expected ${expected}, got ${got}`, {
      pointer: '/inputs',
      expected,
      got,
    });
  };
}
