import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { draftOf, givenSupport, plenty, supportOf, taskDraft } from '../examples.ts';

const ENCODER = 'sha256:encoder';

/** The part of the contract of every TaskStore that is about contents and features. */
export function describeContentStoreContract(
  store: () => TaskStore,
  create: (quota: Usage) => Promise<TaskStore>,
): void {
  const first = supportOf(['a', 'b']);
  /** Shares one content with `first`. */
  const second = supportOf(['a', 'b'], 1);
  const digestsOf = ({ contents }: typeof first) => [...contents.keys()];
  const accept = (id: string, given = first, task = 'runes', tenant = 'acme', at = store()) =>
    at.accept(draftOf(id, { task, tenant, support: { digest: given.support.digest, examples: 2 } }), given, {
      ...taskDraft,
      id: task,
      tenant,
    });
  const features = (given: typeof first, ...values: readonly number[]) =>
    new Map(digestsOf(given).map((digest): [string, Tensor] => [digest, tensor([values.length], values)]));
  const stored = async (given: typeof first, tenant = 'acme') => [
    (await store().contents(tenant, digestsOf(given))).size,
    (await store().features(tenant, ENCODER, digestsOf(given))).size,
  ];

  describe('contents', () => {
    it('are returned as they were given, with those that are stored only', async () => {
      await accept('one');
      const found = await store().contents('acme', [...digestsOf(first), 'sha256:other']);
      expect([...found.keys()].toSorted()).toEqual(digestsOf(first).toSorted());
      for (const [digest, { kind, bytes }] of first.contents) {
        expect({ kind, bytes: [...bytes] }).toEqual({ kind, bytes: [...(found.get(digest)?.bytes ?? [])] });
        expect(found.get(digest)?.kind).toBe(kind);
      }
    });

    it('of examples that are already stored need not be given again', async () => {
      await accept('one');
      await accept('two', { ...givenSupport([{ label: 'b', x: [0] }]), contents: new Map() });
      expect(await stored(first)).toEqual([2, 0]);
      await store().deleteTask('acme', 'runes');
      expect(await stored(first)).toEqual([0, 0]);
    });

    it('are not stored when the adaptation is not accepted', async () => {
      await accept('one');
      await accept('one', second);
      expect(await stored(second)).toEqual([1, 0]);
      const refused = store().accept(draftOf('two'), second, { ...taskDraft, model: 'other' });
      await expect(refused).rejects.toMatchObject({ code: 'model_conflict' });
      expect(await stored(second)).toEqual([1, 0]);
    });

    it('are deleted with the last task that uses them', async () => {
      await accept('one');
      await accept('again', first);
      await accept('two', second, 'other');
      await store().putFeatures('acme', ENCODER, features(first, 1, 2));
      await store().deleteTask('acme', 'runes');
      expect(await stored(first)).toEqual([1, 1]);
      expect(await stored(second)).toEqual([2, 1]);
      await store().deleteTask('acme', 'other');
      expect(await stored(second)).toEqual([0, 0]);
      expect(await store().usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });

    it('survive when one task is deleted while another begins to use them', async () => {
      await accept('one');
      for (let round = 0; round < 10; round++) {
        const [from, to] = round % 2 === 0 ? ['runes', 'other'] : ['other', 'runes'];
        await Promise.all([store().deleteTask('acme', from), accept(`id${round}`, first, to)]);
        expect(await stored(first)).toEqual([2, 0]);
      }
      await store().deleteTask('acme', 'runes');
      expect(await stored(first)).toEqual([0, 0]);
      expect((await store().usage('acme')).bytes).toBe(0);
    });

    it('belong to one tenant', async () => {
      await accept('one');
      expect(await stored(first, 'other')).toEqual([0, 0]);
      await accept('two', first, 'runes', 'other');
      await store().putFeatures('acme', ENCODER, features(first, 1));
      expect(await stored(first, 'other')).toEqual([2, 0]);
      await store().deleteTask('acme', 'runes');
      expect(await stored(first, 'other')).toEqual([2, 0]);
    });

    it('count once in the bytes of their tenant, and are checked against the quota', async () => {
      const large = givenSupport(['a', 'b'].map((label, n) => ({ label, x: Array(1000).fill(n) })));
      await accept('one', large);
      const { bytes } = await store().usage('acme');
      expect(bytes).toBeGreaterThan(8000);
      await accept('two', large, 'other');
      expect((await store().usage('acme')).bytes).toBeLessThan(bytes + 4000);
      await using small = await create({ ...plenty, bytes: 8000 });
      const refused = accept('one', large, 'runes', 'acme', small);
      await expect(refused).rejects.toMatchObject({ code: 'quota_exceeded' });
      expect((await small.contents('acme', digestsOf(large))).size).toBe(0);
      expect(await small.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    });
  });

  describe('features', () => {
    it('are returned to the bit, dense or with few values that are not zero', async () => {
      await accept('one');
      const [a = '', b = ''] = digestsOf(first);
      const sparse = new Float32Array(1000);
      sparse.set([0.1, -0, 3e38, 1e-45], 500);
      const given = new Map([
        [a, tensor([4], [0.1, -0, 3e38, 0])],
        [b, tensor([1000], sparse)],
      ]);
      await store().putFeatures('acme', ENCODER, given);
      expect(await store().features('acme', ENCODER, [a, b, 'sha256:other'])).toEqual(given);
    });

    it('belong to one encoder, and the first ones stay', async () => {
      await accept('one');
      await store().putFeatures('acme', ENCODER, features(first, 1));
      const { bytes } = await store().usage('acme');
      await store().putFeatures('acme', ENCODER, features(first, 2));
      expect((await store().usage('acme')).bytes).toBe(bytes);
      expect(await store().features('acme', ENCODER, digestsOf(first))).toEqual(features(first, 1));
      expect((await store().features('acme', 'sha256:another', digestsOf(first))).size).toBe(0);
    });

    it('of contents that are not stored are passed over', async () => {
      await store().putFeatures('acme', ENCODER, features(first, 1));
      await accept('one');
      expect(await stored(first)).toEqual([2, 0]);
      await store().deleteTask('acme', 'runes');
      await store().putFeatures('acme', ENCODER, features(first, 1));
      expect(await stored(first)).toEqual([0, 0]);
      expect((await store().usage('acme')).bytes).toBe(0);
    });

    it('count as bytes of the tenant, even beyond the quota', async () => {
      await accept('one');
      const { bytes } = await store().usage('acme');
      await using small = await create({ ...plenty, bytes });
      await accept('one', first, 'runes', 'acme', small);
      await small.putFeatures('acme', ENCODER, features(first, ...Array(100).fill(1)));
      expect((await small.usage('acme')).bytes).toBeGreaterThan(bytes + 2 * 400);
      await expect(accept('two', first, 'other', 'acme', small)).rejects.toMatchObject({
        code: 'quota_exceeded',
      });
      await small.deleteTask('acme', 'runes');
      expect((await small.usage('acme')).bytes).toBe(0);
    });
  });
}
