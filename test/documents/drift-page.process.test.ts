import { expect, it } from 'vitest';
import { isJson, linesOfPage } from './calls-of-page.ts';

it('the calls of docs/drift.md find drift when other customers are asked about, and not before', async () => {
  const lines = await linesOfPage('drift.md', ['rows']);
  const answers = lines.filter(isJson).map((line) => JSON.parse(line));
  const drift = answers.filter(({ object }) => object === 'drift');
  expect(drift).toMatchObject([
    { isDrift: false, enough: true, reference: { size: 200 }, window: { size: 100 } },
    { isDrift: true, window: { size: 200 } },
  ]);
  const [statistic] = drift[1].statistics.filter(({ isDrift }: { isDrift: boolean }) => isDrift);
  expect(statistic).toBeDefined();
}, 60_000);
