import { addOutcome, type KeptPrediction, keptBytes } from '../../../src/domain/feedback/kept-prediction.ts';
import type { PredictionStore } from '../../../src/ports/stores/prediction-store.ts';
import type { Kept, StoredTask, TasksOfTenant } from './stored-tasks.ts';

interface StoredPredictions {
  find(tenant: string, task: string): StoredTask | null;
  tasks(tenant: string): TasksOfTenant;
  tenants(): readonly string[];
  /** @throws InnerloopError if the quota is exceeded; then nothing changes */
  replace(task: StoredTask): void;
}

/** The kept predictions of the reference store. */
export function memoryPredictions({ find, tasks, tenants, replace }: StoredPredictions): PredictionStore {
  const alive = (tenant: string, task: string, id: string, now: string): Kept | null => {
    const kept = find(tenant, task)?.predictions.get(id);
    return kept && kept.prediction.expiresAt > now ? kept : null;
  };
  /** Keeps those that `test` says. */
  const retain = (each: StoredTask, test: (prediction: KeptPrediction) => boolean): void =>
    replace({
      ...each,
      predictions: new Map([...each.predictions].filter(([, { prediction }]) => test(prediction))),
    });

  return {
    async put(tenant, task, given, most) {
      const found = find(tenant, task);
      if (!found) return false;
      const added = structuredClone(given).map((each): [string, Kept] => [
        each.prediction.id,
        { ...each, bytes: keptBytes(each.prediction, each.input) },
      ]);
      replace({ ...found, predictions: new Map([...found.predictions, ...added].slice(-most)) });
      return true;
    },

    find: async (tenant, task, id, now) => structuredClone(alive(tenant, task, id, now)?.prediction ?? null),

    input: async (tenant, task, id, now) => structuredClone(alive(tenant, task, id, now)?.input ?? null),

    async list(tenant, task, now) {
      const all = [...(find(tenant, task)?.predictions.values() ?? [])].map(({ prediction }) => prediction);
      return structuredClone(all.filter(({ expiresAt }) => expiresAt > now).toReversed());
    },

    async remove(tenant, task, ids) {
      const found = find(tenant, task);
      if (found) retain(found, ({ id }) => !ids.includes(id));
    },

    async removeExpired(now) {
      for (const tenant of tenants())
        for (const each of tasks(tenant).values()) retain(each, ({ expiresAt }) => expiresAt > now);
    },

    async addOutcome(tenant, task, outcome) {
      const found = find(tenant, task);
      if (!found) return;
      const kept = found.predictions.get(outcome.prediction);
      const marked = kept && { ...kept, prediction: { ...kept.prediction, hasFeedback: true as const } };
      replace({
        ...found,
        outcomes: addOutcome(found.outcomes, structuredClone(outcome)),
        predictions: marked ? new Map(found.predictions).set(outcome.prediction, marked) : found.predictions,
      });
    },

    outcomes: async (tenant, task) => structuredClone(find(tenant, task)?.outcomes ?? []),

    async deleteTenant(tenant) {
      for (const each of tasks(tenant).values()) replace({ ...each, predictions: new Map(), outcomes: [] });
    },
  };
}
