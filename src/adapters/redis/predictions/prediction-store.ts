import {
  addOutcome,
  type KeptInput,
  type KeptPrediction,
  keptBytes,
  type Outcome,
} from '../../../domain/feedback/kept-prediction.ts';
import type { TenantId } from '../../../domain/task.ts';
import { checkQuota, NOTHING_USED, type Quota } from '../../../domain/usage.ts';
import type { PredictionStore } from '../../../ports/stores/prediction-store.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { predictionKeys, TENANTS, taskKeys } from '../key-names.ts';
import { chunks } from '../tasks/writes.ts';
import { type KeptRow, putScript, removeScript, replaceOutcomes } from './scripts.ts';

interface RedisPredictionStoreOptions {
  /** The caller closes the connection. */
  readonly redis: Redis;
  readonly quota: Quota;
}

/** Ids in one script, because other commands wait for it. */
const STEP = 500;
/** Records in one round trip. */
const MAX_READ = 200;

/** Kept predictions that all processes share: one hash per task, deleted in the transaction that deletes the task. */
export function createRedisPredictionStore({ redis, quota }: RedisPredictionStoreOptions): PredictionStore {
  async function alive(
    tenant: TenantId,
    task: string,
    id: string,
    now: string,
  ): Promise<KeptPrediction | null> {
    const { rows } = predictionKeys(tenant, task);
    const text = await redis.hget(rows, `r:${id}`);
    const prediction: KeptPrediction | null = text ? JSON.parse(text) : null;
    if (!prediction || prediction.expiresAt <= now) return null;
    const mark = await redis.hget(rows, `m:${id}`);
    return mark ? { ...prediction, hasFeedback: true } : prediction;
  }

  async function remove(tenant: TenantId, task: string, ids: readonly string[]): Promise<void> {
    const { rows, order, expiry, usage } = predictionKeys(tenant, task);
    for (const some of chunks(ids, STEP))
      await removeScript(redis, [rows, order, expiry, usage], [task, ...some]);
  }

  return {
    put: (tenant, task, given, most) =>
      withStoreErrors(async () => {
        const { rows, order, expiry, usage } = predictionKeys(tenant, task);
        const kept = given
          .slice(-most)
          .map((each): KeptRow => ({ ...each, bytes: keptBytes(each.prediction, each.input) }));
        const keys = [taskKeys(tenant, task).task, rows, order, expiry, usage];
        const answer = (await putScript(redis, keys, [
          task,
          most,
          quota.bytes,
          ...kept.flatMap(({ prediction, input, bytes }) => [
            prediction.id,
            Date.parse(prediction.createdAt),
            Date.parse(prediction.expiresAt),
            JSON.stringify(prediction),
            Buffer.from(input.content.bytes),
            input.features ? Buffer.from(Float32Array.from(input.features).buffer) : '',
            bytes,
          ]),
        ])) as (string | number)[];
        if (answer[0] !== 'over-quota') return answer[0] === 'done';
        const [, used, more] = answer.map(Number);
        checkQuota({ ...NOTHING_USED, bytes: used ?? 0 }, { ...NOTHING_USED, bytes: more ?? 0 }, quota);
        return false;
      }),

    find: (tenant, task, id, now) => withStoreErrors(() => alive(tenant, task, id, now)),

    input: (tenant, task, id, now) =>
      withStoreErrors(async (): Promise<KeptInput | null> => {
        const found = await alive(tenant, task, id, now);
        const { rows } = predictionKeys(tenant, task);
        const [bytes, features] = await redis.hmgetBuffer(rows, `c:${id}`, `f:${id}`);
        if (!found || !bytes) return null;
        return {
          content: { kind: found.kind, bytes: Uint8Array.from(bytes) },
          features: features ? new Float32Array(Uint8Array.from(features).buffer) : null,
        };
      }),

    list: (tenant, task, now) =>
      withStoreErrors(async () => {
        const { rows, order } = predictionKeys(tenant, task);
        const ids = (await redis.zrange(order, '0', '-1')).toReversed();
        const found: KeptPrediction[] = [];
        for (const some of chunks(ids, MAX_READ)) {
          const texts = await redis.hmget(rows, ...some.flatMap((id) => [`r:${id}`, `m:${id}`]));
          some.forEach((_, i) => {
            const [text, mark] = texts.slice(2 * i, 2 * i + 2);
            const prediction: KeptPrediction | null = text ? JSON.parse(text) : null;
            if (prediction && prediction.expiresAt > now)
              found.push(mark ? { ...prediction, hasFeedback: true } : prediction);
          });
        }
        return found;
      }),

    remove: (tenant, task, ids) => withStoreErrors(() => remove(tenant, task, ids)),

    removeExpired: (now) =>
      withStoreErrors(async () => {
        for (const tenant of await redis.smembers(TENANTS)) {
          const { expiry } = predictionKeys(tenant, '');
          for (;;) {
            const range = ['-inf', String(Date.parse(now)), 'BYSCORE', 'LIMIT', 0, STEP] as const;
            const members = await redis.zrange(expiry, ...range);
            if (members.length === 0) break;
            for (const member of members) {
              const [task = '', id = ''] = member.split('/');
              await remove(tenant, task, [id]);
            }
          }
        }
      }),

    addOutcome: (tenant, task, outcome) =>
      withStoreErrors(async () => {
        const { rows } = predictionKeys(tenant, task);
        for (;;) {
          const before = (await redis.hget(rows, 'outcomes')) ?? '';
          const after = JSON.stringify(addOutcome(before ? JSON.parse(before) : [], outcome));
          const keys = [taskKeys(tenant, task).task, rows];
          if (await replaceOutcomes(redis, keys, [before, after, outcome.prediction])) return;
        }
      }),

    outcomes: (tenant, task) =>
      withStoreErrors(async () => {
        const text = await redis.hget(predictionKeys(tenant, task).rows, 'outcomes');
        return text ? (JSON.parse(text) as readonly Outcome[]) : [];
      }),

    deleteTenant: (tenant) =>
      withStoreErrors(async () => {
        const { tasks } = taskKeys(tenant, '');
        for (const task of await redis.zrange(tasks, '0', '-1')) {
          const { rows, order } = predictionKeys(tenant, task);
          await remove(tenant, task, await redis.zrange(order, '0', '-1'));
          await redis.unlink(rows, order);
        }
      }),
  };
}
