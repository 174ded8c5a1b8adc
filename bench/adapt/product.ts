import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { gemm, input } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Contender } from './contender.ts';
import { normal } from './tensors.ts';

const SIDE = 1024;

/**
 * Measures the matrix-multiply rate of the machine with two square matrices, the same runtime and the same number of
 * threads.
 */
export async function squareProduct(threads: number): Promise<Contender> {
  const [a, b] = [input('a', [SIDE, SIDE]), input('b', [SIDE, SIDE])];
  const session = await compile(encodeProgram(program('product', [a, b], { y: gemm(a, b) })), { threads });
  const feeds = { a: normal('a', [SIDE, SIDE]), b: normal('b', [SIDE, SIDE]) };
  return {
    label: `Gemm ${SIDE}³`,
    flops: 2 * SIDE ** 3,
    run: () => session.run(feeds),
    dispose: () => session.dispose(),
  };
}
