import { isDeepStrictEqual } from 'node:util';
import { wantsCheck } from '../../../src/domain/drift/alarm.ts';
import { type AskedInput, slotOf, windowOf } from '../../../src/domain/drift/asked-input.ts';
import type { FeatureWindows } from '../../../src/ports/stores/feature-windows.ts';
import type { StoredTasks } from './example-edits.ts';

/** The kept inputs of the reference store. */
export function memoryFeatureWindows({
  find,
  all,
  replace,
}: Pick<StoredTasks, 'find' | 'all' | 'replace'>): FeatureWindows {
  return {
    async featureWindow(tenant, task) {
      const asked = find(tenant, task)?.asked;
      if (!asked) return null;
      const { epoch, count, alarm, slots } = structuredClone(asked);
      return { epoch, count, alarm, ...windowOf(count, slots) };
    },

    async addAsked(tenant, task, epoch, inputs) {
      const found = find(tenant, task);
      if (!found?.task.monitor) return null;
      const former = found.asked?.epoch === epoch ? found.asked : null;
      const count = former?.count ?? 0;
      const added = structuredClone(inputs).map((each, i): [number, AskedInput] => [slotOf(count + i), each]);
      const slots = new Map([...(former?.slots ?? []), ...added]);
      const asked = { epoch, alarm: former?.alarm ?? null, count: count + inputs.length, slots };
      replace({ ...found, asked });
      return asked.count;
    },

    async putAlarm(tenant, task, { epoch, before, after }) {
      const found = find(tenant, task);
      if (found?.asked?.epoch !== epoch || !isDeepStrictEqual(found.asked.alarm, before)) return false;
      replace({ ...found, asked: { ...found.asked, alarm: after } });
      return true;
    },

    async driftDue() {
      const places = all().map(({ tenant, id }) => ({ tenant, task: id }));
      return places.filter(({ tenant, task }) => {
        const asked = find(tenant, task)?.asked;
        return asked ? wantsCheck(asked) : false;
      });
    },

    async deleteFeatureWindow(tenant, task) {
      const found = find(tenant, task);
      if (found?.asked) replace({ ...found, asked: null });
    },
  };
}
