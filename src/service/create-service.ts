import { createQuiet } from '../concurrency/quiet.ts';
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
import { createDrift } from './drift/drift.ts';
import { createEncoders } from './encoders.ts';
import { createEditExamples } from './examples/edit-examples.ts';
import { createReadExamples } from './examples/read-examples.ts';
import { createExplain } from './explaining/explain-prediction.ts';
import { createGate } from './feedback/compare-at-gate.ts';
import { createFeedback } from './feedback/feedback.ts';
import { createKeepPredictions } from './feedback/keep-predictions.ts';
import { createLearning } from './feedback/learn.ts';
import { createReadFeedback } from './feedback/read-feedback.ts';
import { createReadCanonical } from './inputs/canonical.ts';
import { createFeatures } from './inputs/features.ts';
import { noEncoders } from './inputs/no-encoders.ts';
import { createModels } from './models.ts';
import { createFollowPackage } from './packages/follow-package.ts';
import { createReadapt } from './packages/readapt.ts';
import { createAdaptedModel } from './predicting/adapted-model.ts';
import { createCurrentAdaptation } from './predicting/current-adaptation.ts';
import { createPredict } from './predicting/predict.ts';
import { createStates } from './predicting/states.ts';
import { createReadiness } from './readiness.ts';
import type { Service } from './service.ts';
import type { ServiceOptions } from './service-options.ts';
import { createReadLearnable } from './support/learnable.ts';
import { createDeleteTask } from './tasks/delete-task.ts';
import { createTasks } from './tasks/tasks.ts';
import { createTenants } from './tenants/delete-tenant.ts';
import { type Assess, createAssess } from './trust/assess.ts';
import { createReferences } from './trust/references.ts';
import { createReports } from './trust/reports.ts';
import { createVersions } from './versions/versions.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

/** The use cases over a set of adapters. The caller owns the adapters and closes them. */
export function createService(options: ServiceOptions): Service {
  const { packages, store, queue, meter = noMeter, tracer = noTracer } = options;
  const models = createModels(packages, options.encoders, options.formerPackages, options.encoderCommands);
  const progress = createProgress();
  const recordEnd = createAdaptationMetrics(meter);
  const onEnded = (adaptation: Adaptation) => {
    recordEnd(adaptation);
    options.onEnded(adaptation);
    learning.afterRun(adaptation);
  };
  const { decoder, embedder } = { ...noEncoders, ...options };
  const features = createFeatures({ store, decoder, embedder });
  const readCanonical = createReadCanonical({ ...options, decoder });
  const readLearnable = createReadLearnable({ models, store, features });
  const references = createReferences(readLearnable);
  const assess = createAssess({ ...options, models, readLearnable });
  const onForget: Assess['forget'] = (adaptation) => {
    references.forget(adaptation);
    assess.forget(adaptation);
  };
  const states = createStates({ ...options, models, meter, readLearnable, assess, onForget });
  const keepPackage = options.keepPackage ?? (async () => undefined);
  const { submit, embedding } = createSubmit({ ...options, tracer, models, features });
  const accept = createAccept({ ...options, tracer, submit });
  const readapt = createReadapt({ ...options, models, accept, keepPackage });
  const learning = createLearning({ ...options, models, readapt });
  const current = createCurrentAdaptation(store, createFollowPackage({ ...options, models, readapt }));
  const explain = createExplain({ ...options, decoder, readLearnable });
  const inputs = {
    explain,
    features,
    readCanonical,
    readLearnable,
    keepPackage,
    submit,
    embedding,
    accept,
    readapt,
  };
  const quiet = createQuiet();
  const reports = createReports({ ...options, models, assess, quiet });
  const webhooks = createWebhooks(options);
  const drift = createDrift({ ...options, models, current, readLearnable, webhooks, meter });
  const parts = {
    ...options,
    ...inputs,
    quiet,
    reports,
    webhooks,
    meter,
    tracer,
    models,
    progress,
    states,
    current,
    references,
    drift,
    learning,
    compareAtGate: createGate({ ...options, assess }),
    onEnded,
  };
  meter.observe('innerloop_adapt_queue_depth', {}, () => queue.depth());
  const deleteTask = createDeleteTask(parts);
  const adaptedModel = createAdaptedModel(parts);
  const predict = createPredict(adaptedModel);
  const { predictions } = options;
  const keepPredictions = predictions && createKeepPredictions({ ...parts, predictions });
  return {
    models: models.list,
    model: models.installed,
    ...createEncoders(options.encoders),
    ...createTasks(parts),
    deleteTask,
    tenantUsage: async (tenant) => ({ usage: await store.usage(tenant), quota: options.quota }),
    ...createTenants({ ...parts, deleteTask }),
    adapt: createAdapt(parts),
    readapt: (tenant, task, request) => readapt(tenant, task, request),
    ...createAdaptations(parts),
    adaptedModel,
    predict: createPredict(adaptedModel, keepPredictions),
    ...createReadExamples({ ...parts, decoder }),
    ...createEditExamples(parts),
    ...createVersions({ ...parts, predict }),
    drift: drift.drift,
    checkDrift: drift.checkDrift,
    flushAsked: drift.flushAsked,
    feedback: createFeedback(parts),
    ...createReadFeedback({ ...parts, decoder }),
    resumeFeedback: learning.resume,
    webhooks,
    processAdaptations: () => queue.process(createRunAdaptation(parts), models.digests()),
    resubmitUnfinished: createResubmit(parts),
    embedded: embedding.ended,
    stopReports: async () => void (await Promise.all([reports.stop(), learning.stop()])),
    removeExpiredIdempotencyKeys: () => store.removeExpiredIdempotencyKeys(options.clock.now().toISOString()),
    readiness: createReadiness(parts),
  };
}
