import { describe, expect, it, vi } from 'vitest';
import type { Content } from '../../../src/domain/content.ts';
import { contentDigestOf } from '../../../src/domain/content.ts';
import { inferColumns } from '../../../src/domain/rows/infer-columns.ts';
import { supportSet } from '../../../src/domain/support-set.ts';
import { columnsOf } from '../../../src/service/support/row-columns.ts';

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ height: i / 2, name: `${'x'.repeat(20)}${i % 7}` }));

/** A support set of these rows. The first half is new, and the rest is in the store. */
function given(rows: readonly object[]) {
  const contents = rows.map((row): Content => ({ kind: 'row', bytes: Buffer.from(JSON.stringify(row)) }));
  const all = new Map(contents.map((content) => [contentDigestOf(content), content]));
  const examples = [...all.keys()].map((content, i) => ({
    ...{ id: `ex_${i}`, kind: 'row', content, label: 'a', weight: 1, createdAt: '', source: 'adapt' },
  }));
  const entries = [...all];
  return {
    support: {
      support: supportSet({ examples: examples as never }),
      contents: new Map(entries.slice(0, rows.length / 2)),
    },
    store: {
      contents: vi.fn(
        async (_: string, digests: readonly string[]) =>
          new Map(entries.filter(([digest]) => digests.includes(digest))),
      ),
    },
  };
}

describe('the columns of a support set', () => {
  it.each([
    [10, 0],
    [2000, 1],
  ])('of %i rows are inferred by the decoder %i times, with the same result', async (count, times) => {
    const rows = rowsOf(count);
    const { support, store } = given(rows);
    const columns = vi.fn(async (bytes: readonly Uint8Array[]) =>
      inferColumns(bytes.map((each) => JSON.parse(Buffer.from(each).toString()))),
    );
    const found = await columnsOf({ store, decoder: { columns } }, 'acme', support);
    expect(columns).toHaveBeenCalledTimes(times);
    expect(found.columns).toEqual(inferColumns(rows).columns);
    expect(found).toEqual(await columnsOf({ store, decoder: undefined }, 'acme', support));
  });

  it('are refused in the same way, with the example that differs', async () => {
    const { support, store } = given([...rowsOf(1000), { height: 1 }]);
    const columns = async (bytes: readonly Uint8Array[]) =>
      inferColumns(bytes.map((each) => JSON.parse(Buffer.from(each).toString())));
    const refusal = { code: 'invalid_support_set', details: { item: 1000 } };
    await expect(columnsOf({ store, decoder: { columns } }, 'acme', support)).rejects.toMatchObject(refusal);
    await expect(columnsOf({ store, decoder: undefined }, 'acme', support)).rejects.toMatchObject(refusal);
  });
});
