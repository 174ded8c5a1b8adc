import type { ExecutionProvider } from '../../../execution-providers.ts';
import { encodeModel } from '../../../graph/export/encode.ts';
import { add } from '../../../graph/ops/elementwise.ts';
import { input } from '../../../graph/ops/leaf.ts';
import { program } from '../../../graph/program.ts';
import { tensor } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

const x = input('x', [1, 2]);
const y = input('y', [1, 2]);
const trial = program('trial', [x, y], { sum: add(x, y) });

/** Adds on the provider, and on nothing else: that its library loads does not mean that it computes. Rejects if it does not. */
export async function tryProvider(executionProvider: ExecutionProvider): Promise<void> {
  const session = await compile(encodeModel(trial), { executionProvider, isExclusive: true });
  try {
    const { sum } = await session.run({ x: tensor([1, 2], [1, 2]), y: tensor([1, 2], [3, 4]) });
    if (sum?.data[0] !== 4 || sum.data[1] !== 6) throw new Error(`Expected 4,6, got ${sum?.data}`);
  } finally {
    await session.dispose();
  }
}
