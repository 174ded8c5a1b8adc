import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printGraph } from '../../src/main/debug/graph.ts';
import { traceNonFinite } from '../../src/main/debug/nan.ts';
import { writePackage } from '../../src/package/write.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';

const RECIPE = 'models/sinusoid-maml/recipe.json';

async function graphOf(program: string, withPasses = false): Promise<string> {
  const lines: string[] = [];
  await printGraph(RECIPE, program, withPasses, (text) => lines.push(text));
  return lines.join('\n');
}

describe('debug graph', () => {
  it.each(['init', 'step', 'predict', 'objective'])('prints %s as it runs', async (program) => {
    const text = await graphOf(program);
    expect(text.split('\n')[0]).toMatch(new RegExp(`^${program}\\(`));
    expect(text).not.toContain('StopGradient');
    expect(text).toMatch(/\n {2}return \S+/);
  });

  it('prints it as built and after each pass, and no other program', async () => {
    const text = await graphOf('step', true);
    expect(text).toMatch(/^# as built\nstep\(/);
    expect(text).toContain('# after products\nstep(');
    expect(text).not.toContain('predict(');
    expect(text).toContain(await graphOf('step'));
  });

  it('refuses a program that does not exist', async () => {
    await expect(graphOf('adapt')).rejects.toThrow('Expected init, step, predict or objective, got adapt');
  });
});

describe('debug nan', () => {
  const trace = async (options: { rate?: string; steps?: string; tensors?: string; seed?: string }) => {
    const directory = join(await scratchFolder(), 'tiny');
    await writePackage(directory, tinyPackages.curve());
    const lines: string[] = [];
    const found = await traceNonFinite(directory, { seed: '1', ...options }, (text) => lines.push(text));
    return { found, lines };
  };

  it('reports for every program that no operator makes a NaN or an infinity', async () => {
    const { found, lines } = await trace({ steps: '2' });
    expect(found).toBe(false);
    expect(lines).toEqual(
      ['init', 'step 1', 'step 2', 'predict'].map(
        (each) => `${each}: no operator makes a NaN or an infinity`,
      ),
    );
  });

  it('stops at the first operator that overflows', async () => {
    const { found, lines } = await trace({ rate: '1e30' });
    expect(found).toBe(true);
    expect(lines.at(-1)).toMatch(/^step \d: \w+ \S+ is the first value that is not finite:\n {2}input /);
  });

  it('reads tensors from a file, where null means NaN', async () => {
    const file = join(await scratchFolder(), 'tensors.json');
    await writeFile(
      file,
      JSON.stringify({
        support_x: { shape: [2, 1], data: [1, null] },
        support_y: { shape: [2, 1], data: [1, 2] },
      }),
    );
    const { found, lines } = await trace({ tensors: file });
    expect(found).toBe(true);
    expect(lines).toEqual([expect.stringContaining('support_x [2, 1]: 1 … 1, NaN at position 1')]);
  });

  it.each([
    ['an option that is not a number', { steps: 'two' }, '--steps: expected a number, got two'],
    ['an empty option', { rate: '' }, '--rate: expected a number, got '],
  ])('refuses %s', async (_, options, message) => {
    await expect(trace(options)).rejects.toThrow(message);
  });

  it('refuses tensors with other names or shapes', async () => {
    const file = join(await scratchFolder(), 'tensors.json');
    await writeFile(file, JSON.stringify({ rate: { shape: [], data: [1] } }));
    await expect(trace({ tensors: file })).rejects.toThrow('expected support_x, support_y, x, got rate');
    await writeFile(file, JSON.stringify({ x: [1] }));
    await expect(trace({ tensors: file })).rejects.toThrow('expected x to be {"shape": […], "data": […]}');
  });
});
