import { setTimeout } from 'node:timers/promises';
import { tryLockFolder } from '../../adapters/lmdb/folder-lock.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyStore } from '../../ports/stores/key-store.ts';
import { noMeter } from '../../ports/telemetry.ts';
import { stateKey } from '../../service/state-key.ts';
import { createDeleteTask } from '../../service/tasks/delete-task.ts';
import { askForDeletion, createTenants } from '../../service/tenants/delete-tenant.ts';
import type { Backend } from './backends/backend.ts';
import { openStore } from './keys.ts';
import { createLogger } from './logger.ts';
import { openBackend } from './open-backend.ts';

/** A server looks for deletions several times a minute. */
const WAIT_FOR_SERVER_MS = 60_000;
const POLL_MS = 200;

/**
 * For the command line: deletes a tenant of the server that has the same environment variables. If a server uses the folder,
 * that server erases the data, and this waits for it.
 */
export async function deleteTenant(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  tenant: string,
  keepsKeys: boolean,
): Promise<{ isErased: boolean; place: string }> {
  const config = parseConfig(environment);
  const place = config.REDIS_URL === '' ? config.DATA_DIR : 'Redis';
  const { store, close } = await openStore(config);
  try {
    await askForDeletion({ keyStore: store, clock }, tenant, keepsKeys);
  } finally {
    await close();
  }
  const backend = await openUnused(config);
  if (backend === null) return { isErased: await erasedByServer(config, tenant), place };
  try {
    await eraseHere(backend, clock);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
  return { isErased: true, place };
}

/** Null when a server uses the folder. */
async function openUnused(config: Config): Promise<Backend | null> {
  const open = () => openBackend(config, createLogger('silent'), noMeter, () => undefined);
  if (config.REDIS_URL !== '') return open();
  // Held until the backend has locked the folder for this process too, so that no server starts in between.
  const lock = tryLockFolder(config.DATA_DIR);
  if (typeof lock === 'number') return null;
  try {
    return await open();
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function eraseHere(backend: Backend, clock: Clock): Promise<void> {
  const onError = (error: unknown) => {
    throw error;
  };
  const deleteTask = createDeleteTask({
    ...backend,
    current: { forget: () => undefined },
    states: { forget: (ref) => backend.cache.delete(stateKey(ref)) },
    onError,
  });
  await createTenants({ ...backend, deleteTask, clock, onError }).resumeDeletions();
}

async function erasedByServer(config: Config, tenant: string): Promise<boolean> {
  const { store, close } = await openStore(config);
  try {
    const end = performance.now() + WAIT_FOR_SERVER_MS;
    while (performance.now() < end) {
      if (await isErased(store, tenant)) return true;
      await setTimeout(POLL_MS);
    }
    return false;
  } finally {
    await close();
  }
}

async function isErased(store: KeyStore, tenant: string): Promise<boolean> {
  const deletion = (await store.deletions()).find((each) => each.tenant === tenant);
  return !deletion || deletion.erasedAt !== null;
}
