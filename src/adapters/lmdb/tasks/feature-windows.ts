import { wantsCheck } from '../../../domain/drift/alarm.ts';
import { type AskedInput, slotOf, windowOf } from '../../../domain/drift/asked-input.ts';
import { NOTHING_USED } from '../../../domain/usage.ts';
import type { FeatureWindows } from '../../../ports/stores/feature-windows.ts';
import { decodeAsked, encodeAsked } from '../../asked-bytes.ts';
import { stringsUnder, type Tables } from '../tables.ts';
import type { TenantUsage } from './tenant-usage.ts';

interface Parts {
  readonly tables: Pick<Tables, 'tasks' | 'asked' | 'windows' | 'write'>;
  readonly usage: TenantUsage;
}

export function createFeatureWindows({ tables, usage }: Parts): FeatureWindows & { clear: Clear } {
  const { tasks, asked, windows, write } = tables;

  function bytesOf(tenant: string, task: string): number {
    return [...asked.getRange(stringsUnder([tenant, task]))].reduce(
      (sum, { value }) => sum + value.length,
      0,
    );
  }
  const clear: Clear = (tenant, task) => {
    windows.remove([tenant, task]);
    for (const key of [...asked.getKeys(stringsUnder([tenant, task]))]) asked.remove(key);
  };

  return {
    clear,

    async featureWindow(tenant, task) {
      const head = windows.get([tenant, task]);
      if (!head) return null;
      const slots = new Map<number, AskedInput>();
      for (const { key, value } of asked.getRange(stringsUnder([tenant, task])))
        slots.set(Number(key[2]), decodeAsked(value));
      return { ...head, ...windowOf(head.count, slots) };
    },

    addAsked(tenant, task, epoch, inputs) {
      const given = inputs.map(encodeAsked);
      return write(() => {
        if (!tasks.get([tenant, task])?.monitor) return null;
        const former = windows.get([tenant, task]);
        const isNew = former?.epoch !== epoch;
        const head = isNew ? { epoch, count: 0, alarm: null } : former;
        const added = new Map(given.map((bytes, i) => [String(slotOf(head.count + i)), bytes]));
        const replaced = [...added.keys()].map((slot) => asked.get([tenant, task, slot])?.length ?? 0);
        const freed = isNew && former ? bytesOf(tenant, task) : sum(replaced);
        const bytes = sum([...added.values()].map(({ length }) => length)) - freed;
        usage.charge(tenant, task, { ...NOTHING_USED, bytes });
        if (isNew && former) clear(tenant, task);
        for (const [slot, each] of added) asked.put([tenant, task, slot], each);
        const count = head.count + inputs.length;
        windows.put([tenant, task], { ...head, count });
        return count;
      });
    },

    putAlarm: (tenant, task, { epoch, before, after }) =>
      write(() => {
        const head = windows.get([tenant, task]);
        if (head?.epoch !== epoch || JSON.stringify(head.alarm) !== JSON.stringify(before)) return false;
        windows.put([tenant, task], { ...head, alarm: after });
        return true;
      }),

    async driftDue() {
      const due = [...windows.getRange()].filter(({ value }) => wantsCheck(value));
      return due.map(({ key: [tenant = '', task = ''] }) => ({ tenant, task }));
    },

    deleteFeatureWindow: (tenant, task) =>
      write(() => {
        if (!windows.doesExist([tenant, task])) return;
        usage.refund(tenant, task, { ...NOTHING_USED, bytes: bytesOf(tenant, task) });
        clear(tenant, task);
      }, 'frees'),
  };
}

/** Removes what is kept of a task. The usage stays. */
type Clear = (tenant: string, task: string) => void;

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
