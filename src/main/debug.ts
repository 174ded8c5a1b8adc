import { parseArgs } from 'node:util';
import { printGraph } from './debug/graph.ts';
import { traceNonFinite } from './debug/nan.ts';

/** `npm run debug`: see docs/debugging.md. */
const USAGE = `Usage:
  npm run debug -- graph <recipe.json> <init|step|predict|objective> [--passes]
      Prints a program of the recipe's algorithm and network. With --passes, prints it before the passes and again
      after each pass that changes it.
  npm run debug -- nan <package folder> [--tensors <file.json>] [--steps <k>] [--rate <rate>] [--seed <seed>]
      Runs init, k steps and predict, and prints the first operator whose result is not finite.
      The file holds support_x, support_y and x, each as {"shape": […], "data": […]} (default: random values).`;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      passes: { type: 'boolean', default: false },
      tensors: { type: 'string' },
      steps: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [command, path, program] = positionals;
  const write = (text: string) => process.stdout.write(`${text}\n`);
  if (command === 'graph' && path && program) {
    await printGraph(path, program, values.passes, write);
    return 0;
  }
  if (command === 'nan' && path) return (await traceNonFinite(path, values, write)) ? 1 : 0;
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  return 2;
});
