import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import type { Adaptation, InnerSettings } from '../../domain/adaptation.ts';
import { adaptationId } from '../../domain/adaptation.ts';
import { checkIdempotencyKey, contentDigest, type IdempotencyKey } from '../../domain/idempotency.ts';
import { countLabels } from '../../domain/labels.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import { appendSupport } from '../../domain/support-set.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { AdaptationQueue } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import { createPixelBudget } from '../inputs/pixel-budget.ts';
import { type Models, versioned } from '../models.ts';
import type { AdaptRequest, DecodeInput, Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { checkMetadata, checkTaskId, modelOf } from '../tasks/checks.ts';
import { resolveSettings } from './settings.ts';
import { checkSupport, decodeSupport } from './support.ts';
import { withSpan } from './telemetry.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly queue: AdaptationQueue;
  readonly clock: Clock;
  readonly decodeInput: DecodeInput;
  readonly tracer: Tracer;
  /** Most pixels of one request's pictures. */
  readonly maxPixels: number;
  onError: ServiceOptions['onError'];
}

export function createAdapt({
  models,
  store,
  queue,
  clock,
  decodeInput,
  tracer,
  maxPixels,
  onError,
}: Parts): Service['adapt'] {
  const now = () => clock.now().toISOString();
  // Appends to one task would each have to look again for every other.
  const mutex = createKeyedMutex();

  return async (tenant, taskId, request, signal) => {
    checkTaskId(taskId);
    checkMetadata(request.metadata);
    if (request.idempotencyKey !== undefined) checkIdempotencyKey(request.idempotencyKey);
    const { model, modelPointer } = request;
    const manifest = models.named(
      modelOf(await store.task(tenant, taskId), model, modelPointer),
      modelPointer,
    );
    const settings = resolveSettings(manifest, request.settings);
    const given = await decodeSupport(
      request.support,
      manifest,
      decodeInput,
      createPixelBudget(maxPixels),
      signal,
    );

    const idempotency = idempotencyOf(request, manifest, settings, given);
    const append = request.mode === 'append';
    return append ? mutex(`${tenant}/${taskId}`, accept) : accept();

    // Another process may accept an append between reading the latest set and adding to it: then look again.
    async function accept(): Promise<Adaptation> {
      for (;;) {
        const answer = await acceptOnce();
        if (answer) return answer;
      }
    }

    async function acceptOnce(): Promise<Adaptation | null> {
      const task = append ? await store.task(tenant, taskId) : null;
      const support = task ? await joined(task, given) : given;
      // After the latest set was read: an earlier request that is not seen here is not in that set either.
      const earlier = idempotency && (await store.acceptedUnder(tenant, taskId, idempotency, now()));
      if (earlier) return submitted(earlier);
      checkSupport(support, manifest);
      const draft = { ...draftOf(tenant, taskId, manifest, settings, support), ...originOf(request) };
      const expected = append ? (task?.submitted ?? 0) : undefined;
      const parent = request.origin?.traceparent;
      const answer = await withSpan(tracer, 'accept', { parent }, () =>
        store.accept(draft, support, taskDraft(draft, manifest, request), {
          expectSubmitted: expected,
          idempotency,
        }),
      );
      if (!answer) return null;
      await submitted(answer.adaptation);
      if (answer.accepted) await queue.announce({ tenant, task: taskId, id: answer.adaptation.id });
      return answer.adaptation;
    }

    // Also when it was queued before: the process that accepted it may have died before it could submit it. When this
    // fails, too, the record is there, and a worker that looks for what is unfinished finds it.
    async function submitted(adaptation: Adaptation): Promise<Adaptation> {
      const ref = { tenant, task: taskId, id: adaptation.id };
      const parent = request.origin?.traceparent;
      if (adaptation.status === 'queued')
        await withSpan(tracer, 'submit', { parent }, () => queue.submit(ref)).catch((error) =>
          onError(error, adaptation),
        );
      return adaptation;
    }
  };

  /** `more` behind the latest support set that has neither failed nor been cancelled. */
  async function joined({ tenant, id }: Task, more: SupportSet): Promise<SupportSet> {
    const base = await latestSupport(tenant, id);
    if (!base) return more;
    const support = appendSupport(base, more);
    if (support) return support;
    throw new InnerloopError(
      'invalid_support_set',
      'The stored examples have another shape: send all, with mode replace',
      {
        pointer: '/mode',
        expected: `examples of shape [${base.x.shape.slice(1)}]`,
        got: `examples of shape [${more.x.shape.slice(1)}]`,
      },
    );
  }

  async function latestSupport(tenant: TenantId, task: string): Promise<SupportSet | null> {
    let after: string | null | undefined;
    while (after !== null) {
      const page = await store.adaptations(tenant, task, { limit: 20, after });
      const usable = page.data.find(({ status }) => status !== 'failed' && status !== 'cancelled');
      if (usable) return store.supportSet(tenant, task, usable.support.digest);
      after = page.nextCursor;
    }
    return null;
  }

  function draftOf(
    tenant: TenantId,
    task: string,
    manifest: Manifest,
    settings: InnerSettings,
    { x, outcome, digest }: SupportSet,
  ): Omit<Adaptation, 'sequence'> {
    const packageDigest = manifest.digest;
    const labels = outcome.kind === 'labels' && { labels: countLabels(outcome.labels, outcome.classes) };
    return {
      id: adaptationId({ tenant, task, packageDigest, settings, supportDigest: digest }),
      tenant,
      task,
      model: versioned(manifest),
      packageDigest,
      settings,
      support: { digest, examples: x.shape[0] ?? 0, ...labels },
      status: 'queued',
      attempts: 0,
      executionProvider: null,
      losses: [],
      createdAt: now(),
      startedAt: null,
      endedAt: null,
      error: null,
    };
  }
}

/** The key of the request, with the digest of all that its answer depends on. */
function idempotencyOf(
  { idempotencyKey: key, mode = 'replace', metadata }: AdaptRequest,
  { name }: Manifest,
  { steps, rate, seed }: InnerSettings,
  support: SupportSet,
): IdempotencyKey | undefined {
  if (key === undefined) return undefined;
  const notes = metadata && Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key, digest: contentDigest([mode, name, steps, rate, seed, support.digest, notes ?? null]) };
}

function originOf({ origin }: AdaptRequest): Pick<Adaptation, 'origin'> {
  return origin ? { origin } : {};
}

function taskDraft(draft: Omit<Adaptation, 'sequence'>, { name }: Manifest, { metadata }: AdaptRequest) {
  const { tenant, task: id, createdAt } = draft;
  return { tenant, id, model: name, createdAt, ...(metadata && { metadata }) };
}
