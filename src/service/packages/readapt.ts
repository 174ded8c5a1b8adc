import { type Adaptation, newAdaptation } from '../../domain/adaptation.ts';
import { rememberedOf } from '../../domain/examples/memory.ts';
import type { GivenSupport, SupportSet } from '../../domain/support-set.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Accept } from '../adapting/accept.ts';
import { resolveSettings } from '../adapting/inner-settings.ts';
import { type Models, nameOf, versioned } from '../models.ts';
import type { ReadaptRequest } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { contentsIn } from '../support/append.ts';
import { checkSupport } from '../support/check-support.ts';
import { latestSupport } from '../support/latest-support.ts';
import { columnsOf } from '../support/row-columns.ts';
import { findTask } from '../tasks/find-task.ts';
import { requireReadable } from './readable.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly keepPackage: NonNullable<ServiceOptions['keepPackage']>;
  readonly decoder?: ServiceOptions['decoder'] | undefined;
}

/** As `Service.readapt`. */
export type Readapt = (
  tenant: TenantId,
  task: string,
  request?: ReadaptRequest,
  options?: ReadaptOptions,
) => Promise<Adaptation>;

interface ReadaptOptions {
  /** The package when the request names none. Default: the installed version. */
  readonly pinned?: Manifest | null;
  /** Whether it becomes the current adaptation only if it is not worse. Default: true. */
  readonly isGated?: boolean;
}

/** Adapts a task to its stored examples again: with other settings, another version of its package, or another package. */
export function createReadapt({ models, decoder, store, clock, accept, keepPackage }: Parts): Readapt {
  return async (tenant, taskId, { model, settings, origin } = {}, { pinned = null, isGated = true } = {}) => {
    for (;;) {
      const accepted = await acceptOnce();
      if (accepted) return accepted;
    }

    // Null when another adaptation was accepted after this one read the latest support set.
    async function acceptOnce(): Promise<Adaptation | null> {
      const task = await findTask(store, tenant, taskId);
      const latest = await latestSupport(store, task);
      if (!latest) throw nothingStored(taskId);
      const { record } = latest;
      const kept = rememberedOf(givenAgain(latest.support), task.memory);
      // A set of a version before 0.3 is stored with its inputs.
      const given = kept.support.inputs ? { ...kept, contents: new Map() } : kept;
      const { support } = given;
      const manifest =
        model === undefined && pinned ? pinned : models.named(model ?? nameOf(record.model), '/model');
      const isSame = record.packageDigest === manifest.digest;
      const resolved = resolveSettings(manifest, { ...(isSame && record.settings), ...settings });
      await requireReadable({ models, store }, record, support, manifest);
      checkSupport(support, manifest);
      const table =
        models.input(manifest).reads === 'row' ? await columnsOf({ store, decoder }, tenant, given) : null;
      const createdAt = clock.now().toISOString();
      const draft = newAdaptation(
        {
          tenant,
          task: taskId,
          model: versioned(manifest),
          packageDigest: manifest.digest,
          settings: resolved,
          columns: table?.columns ?? null,
          warnings: table?.warnings ?? [],
          ...(origin && { origin }),
          ...(isGated && { gated: true as const }),
          createdAt,
        },
        support,
      );
      await keepPackage(manifest.digest);
      const taskDraft = { tenant, id: taskId, model: manifest.name, createdAt };
      const conditions = { expectSubmitted: task.submitted, moves: true };
      return accept({ draft, given, taskDraft, conditions, sent: [] });
    }
  };
}

/** The store has the contents, except for sets of versions before 0.3, which have inputs instead. */
function givenAgain(support: SupportSet): GivenSupport {
  return { support, contents: new Map(contentsIn(support)) };
}

function nothingStored(task: string): InnerloopError {
  const expected = 'a task with examples';
  return new InnerloopError('task_not_adapted', `Task ${task} has no stored examples to adapt to`, {
    expected,
    got: 'none',
  });
}
