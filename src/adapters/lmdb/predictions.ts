import { addOutcome, keptBytes } from '../../domain/feedback/kept-prediction.ts';
import type { TenantId } from '../../domain/task.ts';
import { NOTHING_USED } from '../../domain/usage.ts';
import type { PredictionStore } from '../../ports/stores/prediction-store.ts';
import { type KeptRow, numbersUnder, stringsUnder, type Tables } from './tables.ts';
import type { TenantUsage } from './tasks/tenant-usage.ts';

/** Predictions removed in one transaction, because other writes wait for it. */
const MAX_REMOVED = 1000;

/**
 * Kept predictions, and feedback on them. `clear` must run inside a write transaction; the caller subtracts the usage of
 * the task.
 */
export function createLmdbPredictions(
  tables: Tables,
  usage: TenantUsage,
): { readonly store: PredictionStore; clear(tenant: TenantId, task: string): void } {
  const { tasks, predictions, predictionInputs, predictionOrder, predictionsByExpiry } = tables;
  const { predictionCounts, outcomes } = tables;
  const bytesOf = (bytes: number) => ({ ...NOTHING_USED, bytes });
  const countOf = (tenant: TenantId, task: string) => predictionCounts.get([tenant, task]) ?? 0;
  const placeOf = (tenant: TenantId, task: string, { prediction: { createdAt, id } }: KeptRow) => [
    tenant,
    task,
    Date.parse(createdAt),
    id,
  ];
  const expiryOf = (
    tenant: TenantId,
    task: string,
    { prediction: { expiresAt, id } }: KeptRow,
  ): [number, ...string[]] => [Date.parse(expiresAt), tenant, task, id];

  /** Answers the bytes of the rows that were there. */
  function drop(tenant: TenantId, task: string, ids: readonly string[]): number {
    const rows = ids.flatMap((id) => predictions.get([tenant, task, id]) ?? []);
    for (const row of rows) {
      const { id } = row.prediction;
      predictions.remove([tenant, task, id]);
      for (const part of ['content', 'features']) predictionInputs.remove([tenant, task, id, part]);
      predictionOrder.remove(placeOf(tenant, task, row));
      predictionsByExpiry.remove(expiryOf(tenant, task, row));
    }
    if (rows.length > 0) predictionCounts.put([tenant, task], countOf(tenant, task) - rows.length);
    return rows.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  function oldest(tenant: TenantId, task: string, limit: number): readonly string[] {
    if (limit <= 0) return [];
    const range = { start: [tenant, task, 0], end: [tenant, task, Number.MAX_SAFE_INTEGER], limit };
    return [...predictionOrder.getKeys(range)].map(([, , , id]) => String(id));
  }

  function alive(tenant: TenantId, task: string, id: string, now: string) {
    const row = predictions.get([tenant, task, id]);
    return row && row.prediction.expiresAt > now ? row.prediction : null;
  }

  function clear(tenant: TenantId, task: string): void {
    drop(tenant, task, oldest(tenant, task, countOf(tenant, task)));
    predictionCounts.remove([tenant, task]);
    outcomes.remove([tenant, task]);
    tables.feedbackDue.remove([tenant, task]);
  }

  const store: PredictionStore = {
    put: (tenant, task, given, most) =>
      tables.write(() => {
        if (!tasks.doesExist([tenant, task])) return false;
        const rows = given.slice(-most).map(({ prediction, input }) => ({
          row: { prediction, bytes: keptBytes(prediction, input) },
          input,
        }));
        const surplus = oldest(tenant, task, countOf(tenant, task) + rows.length - most);
        const freed = surplus.reduce((sum, id) => sum + (predictions.get([tenant, task, id])?.bytes ?? 0), 0);
        const added = rows.reduce((sum, { row }) => sum + row.bytes, 0);
        usage.charge(tenant, task, bytesOf(added - freed));
        drop(tenant, task, surplus);
        for (const { row, input } of rows) {
          const { id } = row.prediction;
          predictions.put([tenant, task, id], row);
          predictionInputs.put([tenant, task, id, 'content'], Buffer.from(input.content.bytes));
          if (input.features)
            predictionInputs.put(
              [tenant, task, id, 'features'],
              Buffer.from(Float32Array.from(input.features).buffer),
            );
          predictionOrder.put(placeOf(tenant, task, row), true);
          predictionsByExpiry.put(expiryOf(tenant, task, row), true);
        }
        predictionCounts.put([tenant, task], countOf(tenant, task) + rows.length);
        return true;
      }),

    find: async (tenant, task, id, now) => alive(tenant, task, id, now),

    async input(tenant, task, id, now) {
      const found = alive(tenant, task, id, now);
      const bytes = found && predictionInputs.get([tenant, task, id, 'content']);
      if (!found || !bytes) return null;
      const features = predictionInputs.get([tenant, task, id, 'features']);
      return {
        content: { kind: found.kind, bytes: Uint8Array.from(bytes) },
        features: features ? new Float32Array(Uint8Array.from(features).buffer) : null,
      };
    },

    async list(tenant, task, now) {
      const keys = [...predictionOrder.getKeys(numbersUnder([tenant, task]))];
      return keys.flatMap(([, , , id]) => alive(tenant, task, String(id), now) ?? []);
    },

    remove: (tenant, task, ids) =>
      tables.write(() => usage.refund(tenant, task, bytesOf(drop(tenant, task, ids))), 'frees'),

    async removeExpired(now) {
      const expired = () => {
        const range = { start: [0] as [number], end: [Date.parse(now) + 1] as [number], limit: MAX_REMOVED };
        return [...predictionsByExpiry.getKeys(range)];
      };
      while (expired().length > 0)
        await tables.write(() => {
          for (const key of expired()) {
            const [, tenant = '', task = '', id = ''] = key;
            usage.refund(tenant, task, bytesOf(drop(tenant, task, [id])));
            predictionsByExpiry.remove(key);
          }
        }, 'frees');
    },

    addOutcome: (tenant, task, outcome) =>
      tables.write(() => {
        if (!tasks.doesExist([tenant, task])) return;
        outcomes.put([tenant, task], addOutcome(outcomes.get([tenant, task]) ?? [], outcome));
        const row = predictions.get([tenant, task, outcome.prediction]);
        if (!row) return;
        const prediction = { ...row.prediction, hasFeedback: true as const };
        predictions.put([tenant, task, outcome.prediction], { ...row, prediction });
      }),

    outcomes: async (tenant, task) => outcomes.get([tenant, task]) ?? [],

    async deleteTenant(tenant) {
      const ids = [...predictionCounts.getKeys(stringsUnder([tenant]))].map(([, task = '']) => task);
      for (const task of ids) {
        await store.remove(tenant, task, oldest(tenant, task, countOf(tenant, task)));
        await tables.write(() => clear(tenant, task), 'frees');
      }
      await tables.write(() => {
        for (const key of [...outcomes.getKeys(stringsUnder([tenant]))]) outcomes.remove(key);
      }, 'frees');
    },
  };
  return { store, clear };
}
