import { expect, it, onTestFinished } from 'vitest';
import type { RawExample } from '../../../src/service/service.ts';
import { tablePackage } from '../../../src/training/tables/table-package.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { openService, settle } from '../../support/service.ts';

const packages = [tablePackage('classification')];
const runner = loadedRunner(packages);
const input = (value: unknown) => ({ kind: 'json', value }) as const;
const rowOf = (n: number) => ({ plan: n % 2 ? 'pro' : 'basic', price: 5 * n, joined: `2024-01-${10 + n}` });
const support = Array.from(
  { length: 12 },
  (_, n): RawExample => ({ input: input(rowOf(n)), label: n < 6 ? 'no' : 'yes' }),
);

async function taught() {
  const opened = openService(runner, packages);
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const { service } = opened;
  service.processAdaptations();
  await settle(service, await service.adapt('acme', 'plans', { model: 'rows', support }));
  const feedback = (value: unknown) =>
    service.feedback('acme', 'plans', { input: input(value), label: 'yes', readapt: 'never' });
  return { service, feedback };
}

it('warns of cells that are read as missing, and not of a new category', async () => {
  const { feedback } = await taught();
  expect((await feedback({ ...rowOf(13), plan: 'gold' })).warnings).toEqual([]);
  const { warnings } = await feedback({ plan: 'pro', price: 'a lot', joined: '' });
  const code = 'value_unknown';
  expect(warnings).toEqual([
    { code, pointer: '/input/joined', detail: expect.stringContaining('it is missing here') },
    { code, pointer: '/input/price', detail: expect.stringContaining('expected a number, got "a lot"') },
  ]);
});

it('refuses a row of other columns, which the task could not learn from, also after an erasure', async () => {
  const { service, feedback } = await taught();
  const { joined: _, ...fewer } = rowOf(13);
  const refusal = { code: 'invalid_input', details: { pointer: '/input' } };
  await expect(feedback(fewer)).rejects.toMatchObject(refusal);
  const [example] = (await service.examples('acme', 'plans', { limit: 1 }, {})).data;
  await service.erase('acme', 'plans', { id: example?.id });
  await expect(feedback(fewer)).rejects.toMatchObject(refusal);
  expect((await feedback(rowOf(13))).warnings).toEqual([]);
  expect((await service.examples('acme', 'plans', { limit: 50 }, {})).data).toHaveLength(12);
});
