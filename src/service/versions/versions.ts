import type { TaskStore } from '../../ports/stores/task-store.ts';
import { adaptationNotFound } from '../adapting/adaptations.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { Prediction, Service } from '../service.ts';
import type { Difference, VersionUseCases } from './use-cases.ts';

interface Parts {
  readonly store: Pick<TaskStore, 'activate'>;
  readonly current: CurrentAdaptation;
  predict: Service['predict'];
}

export function createVersions({ store, current, predict }: Parts): VersionUseCases<Prediction> {
  return {
    async activate(tenant, task, id) {
      // Refuses what cannot be activated, with the reason.
      await current.find(tenant, task, id);
      const record = await store.activate(tenant, task, id);
      if (!record) throw adaptationNotFound(task, id);
      // Erased in between.
      return record.status === 'succeeded' ? record : (await current.find(tenant, task, id)).adaptation;
    },

    async compare(tenant, task, [first, second], inputs, signal) {
      const answer = (adaptation: string) =>
        predict(tenant, task, inputs, { adaptation, signal, explain: false });
      const both = [await answer(first), await answer(second)] as const;
      const pairs = both[0].predictions.map(
        (each, item): Difference<Prediction> => ({
          item,
          answers: [each, both[1].predictions[item] as Prediction],
        }),
      );
      const differences = pairs.filter(({ answers: [a, b] }) => !agree(a, b));
      const distances = pairs.flatMap(({ answers: [a, b] }) => distancesOf(a, b));
      return {
        adaptations: both.map(({ adaptation, model }) => ({ id: adaptation, model })),
        inputs: pairs.length,
        agreement: (pairs.length - differences.length) / pairs.length,
        ...(distances.length > 0 && {
          meanAbsoluteDifference: distances.reduce((sum, each) => sum + each, 0) / distances.length,
        }),
        differences,
      };
    },
  };
}

/** Answers of one state in batches of other sizes differ by less than this share. */
const ROUNDING = 1e-4;

function agree(a: Prediction, b: Prediction): boolean {
  if (a.value === undefined) return a.label === b.label;
  const [left, right] = [numbersIn(a.value), numbersIn(b.value)];
  return left.every((each, i) => {
    const other = right[i] as number;
    return Math.abs(each - other) <= ROUNDING * Math.max(1, Math.abs(each), Math.abs(other));
  });
}

function distancesOf(a: Prediction, b: Prediction): readonly number[] {
  if (a.value === undefined) return [];
  const right = numbersIn(b.value);
  return numbersIn(a.value).map((each, i) => Math.abs(each - (right[i] as number)));
}

function numbersIn(value: unknown): readonly number[] {
  return [value].flat(Number.POSITIVE_INFINITY) as number[];
}
