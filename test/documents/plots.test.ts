import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tableUnder } from '../../bench/plots/markdown-rows.ts';
import { plots } from '../../bench/plots/plots.ts';

const docs = join(import.meta.dirname, '../../docs');

it('the committed plots are those of the committed measurements: npm run plots writes them', async () => {
  const made = await plots();
  expect(Object.keys(made)).toEqual(['images/accuracy.svg', 'images/speed.svg', 'choosing.md']);
  for (const [name, svg] of Object.entries(made)) expect(svg).toBe(readFileSync(join(docs, name), 'utf8'));
});

it('plots numbers, each of them finite, and no scripts or links', async () => {
  for (const [name, svg] of Object.entries(await plots())) {
    if (!name.endsWith('.svg')) continue;
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<script|href/);
    expect(svg.match(/class="mark/g)?.length).toBeGreaterThan(10);
  }
});

it('reads the rows of one section', () => {
  const page = '# P\n\n## A\n\n| x | y |\n| --- | ---: |\n| a | 1 |\n\n## B\n\n| x |\n| --- |\n| b |\n\n';
  expect(tableUnder(page, /^A$/)).toEqual([{ x: 'a', y: '1' }]);
  expect(tableUnder(page, /^B$/)).toEqual([{ x: 'b' }]);
});
