import type { Adaptation } from '../domain/adaptation.ts';
import { noMeter, noTracer } from '../ports/telemetry.ts';
import { createAccept } from './adapting/accept.ts';
import { createAdapt } from './adapting/adapt.ts';
import { createAdaptations } from './adapting/adaptations.ts';
import { createProgress } from './adapting/progress.ts';
import { createResubmit } from './adapting/resubmit.ts';
import { createRunAdaptation } from './adapting/run-adaptation.ts';
import { createSubmit } from './adapting/submit.ts';
import { createAdaptationMetrics } from './adapting/telemetry.ts';
import { createEncoders } from './encoders.ts';
import { createReadCanonical } from './inputs/canonical.ts';
import { createFeatures } from './inputs/features.ts';
import { noEncoders } from './inputs/no-encoders.ts';
import { createModels } from './models.ts';
import { createFollowPackage } from './packages/follow-package.ts';
import { createReadapt } from './packages/readapt.ts';
import { createAdaptedModel } from './predicting/adapted-model.ts';
import { createCurrentAdaptation } from './predicting/current-adaptation.ts';
import { createPredict } from './predicting/predictions.ts';
import { createStates } from './predicting/states.ts';
import { createReadiness } from './readiness.ts';
import type { Service } from './service.ts';
import type { ServiceOptions } from './service-options.ts';
import { createReadLearnable } from './support/learnable.ts';
import { createTasks } from './tasks/tasks.ts';

/** The use cases over a set of adapters. The caller owns the adapters and closes them. */
export function createService(options: ServiceOptions): Service {
  const { packages, store, queue, meter = noMeter, tracer = noTracer } = options;
  const models = createModels(packages, options.encoders, options.formerPackages, options.encoderCommands);
  const progress = createProgress();
  const recordEnd = createAdaptationMetrics(meter);
  const onEnded = (adaptation: Adaptation) => {
    recordEnd(adaptation);
    options.onEnded(adaptation);
  };
  const { decoder, embedder } = { ...noEncoders, ...options };
  const features = createFeatures({ store, decoder, embedder });
  const readCanonical = createReadCanonical({ ...options, decoder });
  const readLearnable = createReadLearnable({ models, store, features });
  const states = createStates({ ...options, models, meter, readLearnable });
  const keepPackage = options.keepPackage ?? (async () => undefined);
  const { submit, embedding } = createSubmit({ ...options, tracer, models, features });
  const accept = createAccept({ ...options, tracer, submit });
  const readapt = createReadapt({ ...options, models, accept, keepPackage });
  const current = createCurrentAdaptation(store, createFollowPackage({ ...options, models, readapt }));
  const inputs = { features, readCanonical, readLearnable, keepPackage, submit, embedding, accept, readapt };
  const parts = { ...options, ...inputs, meter, tracer, models, progress, states, current, onEnded };
  meter.observe('innerloop_adapt_queue_depth', {}, () => queue.depth());
  const adaptedModel = createAdaptedModel(parts);
  return {
    models: models.list,
    model: models.installed,
    ...createEncoders(options.encoders),
    ...createTasks(parts),
    adapt: createAdapt(parts),
    readapt: (tenant, task, request) => readapt(tenant, task, request),
    ...createAdaptations(parts),
    adaptedModel,
    predict: createPredict(adaptedModel),
    processAdaptations: () => queue.process(createRunAdaptation(parts), models.digests()),
    resubmitUnfinished: createResubmit(parts),
    embedded: embedding.ended,
    removeExpiredIdempotencyKeys: () => store.removeExpiredIdempotencyKeys(options.clock.now().toISOString()),
    readiness: createReadiness(parts),
  };
}
