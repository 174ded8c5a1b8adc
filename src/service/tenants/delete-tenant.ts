import { setTimeout } from 'node:timers/promises';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TenantDeletion } from '../../ports/stores/key-store.ts';
import type { Service } from '../service.ts';
import type { DeleteTask } from '../tasks/delete-task.ts';
import { checkTenantId } from './tenant-id.ts';
import { type TenantStores, tenantStores } from './tenant-stores.ts';

export type Tenants = Pick<Service, 'deleteTenant' | 'resumeDeletions'>;

export interface TenantParts extends TenantStores {
  readonly deleteTask: DeleteTask;
  readonly clock: Clock;
  /** Longer than any request takes. Default: 10 minutes. */
  readonly graceMs?: number | undefined;
  onError(error: unknown): void;
}

const GRACE_MS = 600_000;
/** Tasks that are read at a time. */
const PAGE = 100;

export function createTenants(parts: TenantParts): Tenants {
  const { store, keyStore, deleteTask, clock, graceMs = GRACE_MS, onError } = parts;

  async function erase({ tenant, keepsKeys }: TenantDeletion): Promise<void> {
    // Task by task, so that other writes need not wait for long, and so that queue and memory forget the adaptations.
    for (let after: string | undefined; ; ) {
      const { data, nextCursor } = await store.tasks(tenant, { limit: PAGE, ...(after && { after }) });
      for (const { id } of data) await deleteTask(tenant, id).catch(ignoreMissing);
      if (nextCursor === null) break;
      after = nextCursor;
    }
    for (const each of tenantStores(parts, keepsKeys)) await each.deleteTenant(tenant);
  }

  async function finish(deletion: TenantDeletion): Promise<void> {
    await erase(deletion);
    const isFirst = deletion.erasedAt === null;
    // It may have been asked for again in between, with other options.
    const latest = (await keyStore.deletions()).find(({ tenant }) => tenant === deletion.tenant);
    if (latest?.askedAt !== deletion.askedAt || latest.keepsKeys !== deletion.keepsKeys) return;
    if (deletion.keepsKeys || !isFirst) await keyStore.removeDeletion(deletion.tenant);
    else await keyStore.putDeletion({ ...deletion, erasedAt: clock.now().toISOString() });
  }

  const isDue = ({ erasedAt }: TenantDeletion) =>
    erasedAt === null || clock.now().getTime() - Date.parse(erasedAt) >= graceMs;

  return {
    async deleteTenant(tenant, { keepsKeys, waitMs }) {
      const deletion = await askForDeletion(parts, tenant, keepsKeys);
      const finishing = finish(deletion).then(
        () => true,
        (error: unknown) => {
          onError(error);
          return false;
        },
      );
      const stop = new AbortController();
      const waiting = setTimeout(waitMs, false, { signal: stop.signal }).catch(() => false);
      return Promise.race([finishing, waiting]).finally(() => stop.abort());
    },

    async resumeDeletions() {
      for (const deletion of await keyStore.deletions()) if (isDue(deletion)) await finish(deletion);
    },
  };
}

/** Stores that the data of the tenant are to be erased. @throws InnerloopError `invalid_request` for a bad tenant name */
export async function askForDeletion(
  { keyStore, clock }: Pick<TenantParts, 'keyStore' | 'clock'>,
  tenant: TenantId,
  keepsKeys: boolean,
): Promise<TenantDeletion> {
  checkTenantId(tenant);
  const former = (await keyStore.deletions()).find((each) => each.tenant === tenant);
  // A tenant that never had a key is the local one: it may be used again at once.
  const isLocal = !former && (await keyStore.list(tenant)).length === 0;
  const deletion = {
    tenant,
    keepsKeys: keepsKeys || isLocal,
    askedAt: clock.now().toISOString(),
    erasedAt: null,
  };
  await keyStore.putDeletion(deletion);
  return deletion;
}

/** Another process may delete the same tenant. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof InnerloopError) || error.code !== 'task_not_found') throw error;
}
