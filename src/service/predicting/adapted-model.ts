import { mapWithLimit } from '../../concurrency/limit.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import { classOrder } from '../../domain/class-order.ts';
import { tensorContent } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import type { StateCache } from '../../ports/stores/state-cache.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { sizeOf, splitRows, stack, type Tensor } from '../../tensor.ts';
import type { Observe } from '../drift/monitoring.ts';
import { createAsk } from '../explaining/ask.ts';
import type { Explain } from '../explaining/explain-prediction.ts';
import type { Features } from '../inputs/features.ts';
import { atItem, invalidInput } from '../inputs/invalid-input.ts';
import { decodeTensor } from '../inputs/numbers/numbers.ts';
import { createPixelBudget, type TakePixels } from '../inputs/pixel-budget.ts';
import type { DecodeInput, RawInput } from '../inputs/raw-input.ts';
import { type Models, nameOf } from '../models.ts';
import type { AdaptedModel, Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { stateKey } from '../state-key.ts';
import { taskNotFound } from '../tasks/find-task.ts';
import { createJudging } from '../trust/judging.ts';
import { temperatureOf } from '../trust/priors.ts';
import type { References } from '../trust/references.ts';
import type { CurrentAdaptation } from './current-adaptation.ts';
import { toAnswers } from './predict.ts';
import { createPredictionMetrics } from './prediction-metrics.ts';
import { createReadInput, factsOfRead } from './read-input.ts';
import { RECOMPUTED, type States } from './states.ts';

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
  readonly references: References;
  readonly drift: { readonly observe: Observe };
  readonly explain: Explain;
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
  references,
  drift,
  explain,
}: Parts): Service['adaptedModel'] {
  const judging = createJudging(references);
  const record = createPredictionMetrics(meter, ['memory', cache.tier, RECOMPUTED]);

  return async (tenant, taskId, id) => {
    const { task, adaptation } = await current.find(tenant, taskId, id);
    const manifest = manifestOf(models, adaptation);
    // Tasks of versions before 0.3 did not keep their package when they were adapted.
    void keepPackage(manifest.digest);
    const { digest, output } = manifest;
    const input = models.input(manifest);
    const classes = classesOf(adaptation);
    const answerShape = output.shape.map((dim) => (dim === 'ways' ? (classes?.length ?? 0) : dim));
    // Drift observes only the current adaptation, not one that the caller names.
    const observer = id === undefined ? drift.observe(task, adaptation, manifest) : null;
    const checkCount = countCheck(limits, sizeOf(answerShape));
    const model: AdaptedModel = {
      adaptation: adaptation.id,
      model: adaptation.model,
      input,
      columns: adaptation.columns,
      defaults: task.defaults,
      keep: task.keep,
      confidence: adaptation.report?.confidence ?? null,
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
          ...(observer && { facts: rows.map(factsOfRead) }),
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
      async answer(x, { isJudged = false, asked } = {}) {
        checkCount(x.shape[0] ?? 0);
        const judge = isJudged ? await judging(adaptation, manifest, x) : null;
        const observing = asked ? observer : null;
        // Before the runner takes ownership of x.
        observing?.begin(x, asked?.facts);
        const running = runner.predict({
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
        // Measured while a worker thread computes the answers.
        const distances = judge?.distances();
        const { y, timings } = await running;
        record(timings);
        const novelty = (distances && judge?.novelty(distances, y)) ?? null;
        const answers = toAnswers(y, classes, temperatureOf(adaptation, models));
        observing?.end(answers, classes, novelty);
        return { shape: answers.shape, data: answers.data, novelty, timings };
      },
      explain(raw, x, index, signal) {
        const label = classes?.[index];
        return explain({
          ...{ adaptation, manifest, raw, x, signal, spec: input },
          answer: label === undefined ? null : { label, index },
          ...createAsk(model, Math.max(0, index), signal),
        });
      },
    };
    return model;
  };
}

/** Sorted once for each record in memory. */
const sorted = new WeakMap<object, readonly string[]>();

/** Null for regression. */
function classesOf({ support: { labels } }: Adaptation): readonly string[] | null {
  if (!labels) return null;
  const classes = sorted.get(labels) ?? Object.freeze(classOrder(Object.keys(labels)));
  sorted.set(labels, classes);
  return classes;
}

function manifestOf(models: Models, { packageDigest, model }: Adaptation): Manifest {
  const manifest = models.withDigest(packageDigest);
  if (manifest) return manifest;
  models.requireEncoder(packageDigest);
  // Processes that share a store can have different packages, such as during an upgrade.
  const isReplaced = models.list().some(({ name }) => name === nameOf(model));
  const message = isReplaced
    ? `${model} was replaced after the task was adapted: adapt it again`
    : `${model}, which the task uses, is not installed here: install it, or change the model of the task (readapt)`;
  const expected = 'an adaptation of the installed model';
  throw new InnerloopError('task_not_adapted', message, { expected, got: model });
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
