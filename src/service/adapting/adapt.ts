import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { type Adaptation, type AdaptationDraft, newAdaptation } from '../../domain/adaptation.ts';
import { rememberedOf } from '../../domain/examples/memory.ts';
import { checkIdempotencyKey } from '../../domain/idempotency.ts';
import { similarLabelWarnings } from '../../domain/labels.ts';
import type { TaskDraft } from '../../domain/task.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { ReadCanonical } from '../inputs/canonical.ts';
import { createPixelBudget } from '../inputs/pixel-budget.ts';
import { type Models, versioned } from '../models.ts';
import { resolvePackage } from '../packages/auto.ts';
import { pinnedPackage } from '../packages/pinned.ts';
import type { Readapt } from '../packages/readapt.ts';
import type { AdaptRequest, Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { appendToLatest } from '../support/append.ts';
import { checkSupport } from '../support/check-support.ts';
import { decodeSupport } from '../support/decode-support.ts';
import { columnsOf } from '../support/row-columns.ts';
import { checkTaskId } from '../tasks/find-task.ts';
import { checkMetadata } from '../tasks/metadata.ts';
import type { Accept } from './accept.ts';
import { idempotencyOf } from './idempotency.ts';
import { resolveSettings } from './inner-settings.ts';
import type { Submit } from './submit.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly readCanonical: ReadCanonical;
  readonly accept: Accept;
  readonly submit: Submit;
  readonly readapt: Readapt;
  readonly keepPackage: NonNullable<ServiceOptions['keepPackage']>;
  readonly limits: Pick<ServiceOptions['limits'], 'pixels'>;
  readonly decoder?: ServiceOptions['decoder'] | undefined;
}

export function createAdapt({
  models,
  decoder,
  store,
  clock,
  readCanonical,
  accept,
  submit,
  readapt,
  keepPackage,
  limits,
}: Parts): Service['adapt'] {
  const now = () => clock.now().toISOString();
  // Concurrent appends to one task would fail and repeat: each must extend the support set of the one before.
  const mutex = createKeyedMutex();

  return async (tenant, taskId, request, signal) => {
    checkTaskId(taskId);
    checkMetadata(request.metadata);
    if (request.idempotencyKey !== undefined) checkIdempotencyKey(request.idempotencyKey);
    const present = await store.current(tenant, taskId);
    const pinned = pinnedPackage(models, present);
    if (present && isEmptyAppend(request))
      return readapt(tenant, taskId, request, { pinned, isGated: false });
    const { manifest, support: examples } = await resolvePackage(
      models,
      present?.task ?? null,
      pinned,
      request,
    );
    const settings = resolveSettings(manifest, request.settings);
    const spec = models.input(manifest);
    const { warnings, ...given } = await decodeSupport(examples, {
      manifest,
      spec,
      readCanonical,
      withinBudget: createPixelBudget(limits.pixels),
      createdAt: now(),
      signal,
    });

    const idempotency = idempotencyOf(request, { manifest, spec, settings, given });
    const fixed = {
      tenant,
      task: taskId,
      model: versioned(manifest),
      packageDigest: manifest.digest,
      settings,
      ...(request.origin && { origin: request.origin }),
    };
    const sent = given.support.examples.map(({ content }) => content);
    await keepPackage(manifest.digest);
    const append = request.mode === 'append';
    return append ? mutex(`${tenant}/${taskId}`, acceptUntilStored) : acceptUntilStored();

    // Repeats when another process accepted an adaptation after this one read the latest support set.
    async function acceptUntilStored(): Promise<Adaptation> {
      for (;;) {
        const answer = await acceptOnce();
        if (answer) return answer;
      }
    }

    async function acceptOnce(): Promise<Adaptation | null> {
      const task = append ? await store.task(tenant, taskId) : null;
      const all = task ? await appendToLatest(store, task, given) : given;
      const memory = (task ?? present?.task)?.memory;
      const whole = rememberedOf(all, memory);
      // Look up the key after reading the latest set. If the earlier request is not found, its examples are not in that set.
      const earlier = idempotency && (await store.acceptedUnder(tenant, taskId, idempotency, now()));
      if (earlier) return submit(earlier, whole.support, sent);
      checkSupport(whole.support, manifest);
      const table = spec.reads === 'row' ? await columnsOf({ store, decoder }, tenant, whole) : null;
      const { outcome } = whole.support;
      const similar = outcome.kind === 'labels' ? similarLabelWarnings(outcome.classes) : [];
      const findings = {
        columns: table?.columns ?? null,
        warnings: [...warnings, ...similar, ...(table?.warnings ?? [])],
      };
      const draft = newAdaptation({ ...fixed, ...findings, createdAt: now() }, whole.support);
      const expected = append ? (task?.submitted ?? 0) : undefined;
      const taskDraft = taskDraftOf(draft, manifest, request);
      const conditions = { expectSubmitted: expected, idempotency };
      return accept({ draft, given: whole, taskDraft, conditions, sent });
    }
  };
}

/** Nothing is added: the stored examples are adapted to again. */
function isEmptyAppend({ support, mode }: AdaptRequest): boolean {
  return mode === 'append' && 'length' in support && support.length === 0;
}

function taskDraftOf(
  { tenant, task: id, createdAt }: AdaptationDraft,
  { name }: Manifest,
  { metadata }: AdaptRequest,
): TaskDraft {
  return { tenant, id, model: name, createdAt, ...(metadata && { metadata }) };
}
