import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readCsv } from '../../../src/files/csv.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { RawExample } from '../../../src/service/service.ts';
import { stateKey } from '../../../src/service/state-key.ts';
import { tablePackage } from '../../../src/training/tables/table-package.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { openService, settle } from '../../support/service.ts';

const packages = [tablePackage('classification'), tablePackage('regression')];
const file = join(import.meta.dirname, '../../fixtures/rows/parcels.csv');

/** Invented parcels, as a spreadsheet writes them: `;`, decimal commas, gaps. */
async function parcels() {
  const { columns, rows } = await readCsv(await readFile(file));
  return rows.map(({ cells }) => {
    const {
      late = '',
      price = '',
      ...row
    } = Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? '']));
    return { row, late, price: Number(price.replace(',', '.')) };
  });
}
type Parcel = Awaited<ReturnType<typeof parcels>>[number];
const input = (row: unknown) => ({ kind: 'json', value: row }) as const;
const labelled = ({ row, late }: Parcel): RawExample => ({ input: input(row), label: late });
const priced = ({ row, price }: Parcel): RawExample => ({ input: input(row), target: price });

describe('adapting to rows of a table', () => {
  let runner: ProgramRunner;
  let all: readonly Parcel[];
  beforeAll(async () => {
    runner = createMemoryRunner();
    all = await parcels();
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());

  const open = () => {
    const opened = openService(runner, packages);
    onTestFinished(() => opened[Symbol.asyncDispose]());
    opened.service.processAdaptations();
    return opened;
  };

  it('infers columns, tries heads, and predicts most of the other rows', async () => {
    const { service } = open();
    const accepted = await service.adapt('acme', 'parcels', {
      model: 'rows',
      support: all.slice(0, 40).map(labelled),
    });
    const ended = await settle(service, accepted);
    expect(ended.columns).toMatchObject([
      { name: 'carrier', kind: 'category', values: ['air', 'rail', 'road'] },
      { name: 'distance_km', kind: 'number' },
      { name: 'insured', kind: 'category' },
      { name: 'sent', kind: 'date' },
      { name: 'weight', kind: 'number', decimalMark: ',', missing: true },
    ]);
    expect(ended.selection?.filter(({ chosen }) => chosen)).toHaveLength(1);
    const rest = all.slice(40);
    const { predictions } = await service.predict(
      'acme',
      'parcels',
      rest.map(({ row }) => input(row)),
    );
    const right = predictions.filter((each, i) => 'label' in each && each.label === rest[i]?.late);
    expect(right.length).toBeGreaterThanOrEqual(15);
  });

  it('predicts numbers from targets that are plain numbers', async () => {
    const { service } = open();
    const support = all.slice(0, 40).map(priced);
    await settle(service, await service.adapt('acme', 'prices', { model: 'rows-values', support }));
    const rest = all.slice(40);
    const { predictions } = await service.predict(
      'acme',
      'prices',
      rest.map(({ row }) => input(row)),
    );
    const errors = predictions.map((each, i) =>
      Math.abs(Number('value' in each && each.value) - (rest[i]?.price ?? 0)),
    );
    expect(errors.toSorted((a, b) => a - b)[10]).toBeLessThan(2);
  });

  it('computes a lost state again, equal to the bit', async () => {
    const { service, cache } = open();
    const accepted = await service.adapt('acme', 'lost', { model: 'rows', support: all.map(labelled) });
    const asked = all.slice(0, 5).map(({ row }) => input(row));
    await settle(service, accepted);
    const { predictions } = await service.predict('acme', 'lost', asked);
    await cache.delete(stateKey(accepted));
    await runner.forget(stateKey(accepted));
    expect((await service.predict('acme', 'lost', asked)).predictions).toEqual(predictions);
  });

  it('infers the columns again when rows are appended', async () => {
    const { service } = open();
    const support = all.slice(0, 20).map(labelled);
    await settle(service, await service.adapt('acme', 'more', { model: 'rows', support }));
    const [first] = all;
    const ship = { ...first?.row, carrier: 'ship' };
    const { predictions } = await service.predict('acme', 'more', [input(ship)]);
    expect(predictions[0]?.warnings).toMatchObject([{ code: 'value_unknown', pointer: '/carrier' }]);
    const more = [{ input: input(ship), label: 'late' }];
    const grown = await settle(
      service,
      await service.adapt('acme', 'more', { mode: 'append', support: more }),
    );
    expect(grown.support.examples).toBe(21);
    expect(grown.columns?.[0]).toMatchObject({ name: 'carrier', values: ['air', 'rail', 'road', 'ship'] });
  });

  it('refuses rows that lack a column, and stores nothing', async () => {
    const { service, store } = open();
    const [first, second] = all.slice(0, 2).map(labelled);
    if (!first || !second) throw new Error('Expected parcels');
    const short = { ...second, input: input({ weight: '3' }) };
    await expect(
      service.adapt('acme', 'short', { model: 'rows', support: [first, short] }),
    ).rejects.toMatchObject({
      code: 'invalid_support_set',
      details: { item: 1, expected: 'a column "carrier"' },
    });
    expect(await store.task('acme', 'short')).toBeNull();
  });
});
