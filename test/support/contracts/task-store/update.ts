import { describe, expect, it } from 'vitest';
import type { TaskStore } from '../../../../src/ports/stores/task-store.ts';
import { recordsOf } from './records.ts';

/** The part of the contract of every TaskStore that is about changes of a record. */
export function describeUpdate(store: () => TaskStore): void {
  const { accept, end, current } = recordsOf(store);

  describe('update', () => {
    it('applies the change and returns the record', async () => {
      await accept('one');
      const record = await store().update('acme', 'runes', 'one', (each) => ({ ...each, losses: [1, 0.5] }));
      expect(record?.losses).toEqual([1, 0.5]);
      expect(await store().adaptation('acme', 'runes', 'one')).toEqual(record);
    });

    it('makes a record that succeeds the current one', async () => {
      await accept('one');
      await end('one', 'succeeded');
      expect(await current()).toBe('one');
      await accept('two');
      expect(await current()).toBe('one');
      await end('two', 'failed');
      expect(await current()).toBe('one');
    });

    it('never lets an earlier adaptation replace a later one', async () => {
      await accept('one');
      await accept('two');
      await end('two', 'succeeded');
      await end('one', 'succeeded');
      expect(await current()).toBe('two');
    });

    it.each(['succeeded', 'failed', 'cancelled'] as const)('leaves a %s record alone', async (status) => {
      await accept('one');
      const ended = await end('one', status);
      expect(await end('one', 'running')).toEqual(ended);
      expect(await store().adaptation('acme', 'runes', 'one')).toEqual(ended);
    });

    it('writes nothing when the change is null', async () => {
      const { adaptation } = await accept('one');
      expect(await store().update('acme', 'runes', 'one', () => null)).toEqual(adaptation);
    });

    it('returns null if the record was deleted', async () => {
      expect(await store().update('acme', 'runes', 'one', (each) => each)).toBeNull();
    });

    it('applies concurrent changes one after the other', async () => {
      await accept('one');
      const add = () =>
        store().update('acme', 'runes', 'one', (each) => ({ ...each, losses: [...each.losses, 1] }));
      await Promise.all(Array.from({ length: 20 }, add));
      expect((await store().adaptation('acme', 'runes', 'one'))?.losses).toHaveLength(20);
    });
  });
}
