import type { Adaptation } from '../domain/adaptation.ts';
import type { Package } from '../package/manifest.ts';
import type { AdaptationQueue, AdaptationRef } from '../ports/adaptation-queue.ts';
import type { Clock } from '../ports/clock.ts';
import { type Meter, noMeter } from '../ports/meter.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { StateCache } from '../ports/state-cache.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { noTracer, type Tracer } from '../ports/tracer.ts';
import { createAdapt } from './adapting/adapt.ts';
import { createAdaptationMeasures } from './adapting/adaptation-metrics.ts';
import { createAdaptations } from './adapting/adaptations.ts';
import { createProgress } from './adapting/progress.ts';
import { createRunAdaptation } from './adapting/run-adaptation.ts';
import { createModels } from './models.ts';
import { createAdapted } from './predicting/adapted.ts';
import { createCurrentAdaptation } from './predicting/current-adaptation.ts';
import { createPredict } from './predicting/predict.ts';
import { createStates } from './predicting/states.ts';
import { createReadiness } from './readiness.ts';
import type { DecodeInput, Service } from './service.ts';
import { createTasks } from './tasks/tasks.ts';

export interface ServiceOptions {
  /** All of them loaded into `runner`. */
  readonly packages: readonly Package[];
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
  readonly runner: ProgramRunner;
  readonly clock: Clock;
  readonly decodeInput: DecodeInput;
  readonly meter?: Meter;
  readonly tracer?: Tracer;
  readonly limits: {
    /** Inputs of one prediction request. */
    readonly inputs: number;
    /** Numbers of the answer to it. */
    readonly numbers: number;
    /** Pixels of the pictures of one request, together. */
    readonly pixels: number;
  };
  /** What readiness asks besides. */
  readonly checks?: Readonly<Record<string, () => boolean>>;
  /** Hears what failed, in the words not meant for callers, and of which adaptation. */
  onError(error: unknown, about?: AdaptationRef & Pick<Adaptation, 'origin'>): void;
  /** Hears of each adaptation when it has ended, in the process where that was decided. */
  onEnded(adaptation: Adaptation): void;
}

/** The use cases over a set of adapters. It owns none of them: whoever made them closes them. */
export function createService(options: ServiceOptions): Service {
  const { packages, store, queue, limits, meter = noMeter, tracer = noTracer } = options;
  const models = createModels(packages);
  const progress = createProgress();
  const measureEnd = createAdaptationMeasures(meter);
  const onEnded = (adaptation: Adaptation) => {
    measureEnd(adaptation);
    options.onEnded(adaptation);
  };
  const states = createStates({ ...options, meter });
  const current = createCurrentAdaptation(store);
  const made = { meter, tracer, models, progress, states, current, onEnded };
  const parts = { ...options, ...made, maxPixels: limits.pixels };
  meter.observe('innerloop_adapt_queue_depth', {}, () => queue.depth());
  const adapted = createAdapted({ ...parts, maxInputs: limits.inputs, maxNumbers: limits.numbers });
  return {
    models: models.list,
    model: (name) => models.named(name),
    ...createTasks(parts),
    adapt: createAdapt(parts),
    ...createAdaptations(parts),
    adapted,
    predict: createPredict(adapted),
    work: () => queue.process(createRunAdaptation(parts)),
    async resume() {
      for (const ref of await store.unfinished()) await queue.submit(ref);
    },
    ready: createReadiness(parts),
  };
}
