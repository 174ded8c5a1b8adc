import type { ExecutionProvider } from '../../../execution-providers.ts';
import { encodeModel, newModel } from '../../../onnx/encode.ts';
import { dataTypes } from '../../../onnx/schema.ts';
import { tensor } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

const SQUARE = [1, 1, 2, 2];
const ONE = [1, 1, 1, 1];
const node = (opType: string, inputs: readonly string[], output: string) => ({
  name: output,
  opType,
  domain: '',
  inputs,
  outputs: [output],
  attributes: [],
});
const info = (name: string, shape: readonly number[]) => ({ name, elementType: dataTypes.float32, shape });

/** CoreML takes constant weights only. */
const weights = {
  name: 'w',
  dims: SQUARE,
  dataType: dataTypes.float32,
  external: null,
  raw: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
};

/** sum = x ∗ w + y. Libraries for convolutions, such as cuDNN, are installed apart from the rest, so the trial needs one. */
const trial = newModel({
  name: 'trial',
  nodes: [node('Conv', ['x', 'w'], 'convolved'), node('Add', ['convolved', 'y'], 'sum')],
  initializers: [weights],
  inputs: [info('x', SQUARE), info('y', ONE)],
  outputs: [info('sum', ONE)],
  sparseInitializers: 0,
});

/**
 * Runs a convolution and an addition on the provider without a fallback to the CPU. Rejects when this fails. A provider whose
 * library loads may still be unable to compute.
 */
export async function tryProvider(executionProvider: ExecutionProvider): Promise<void> {
  const session = await compile(encodeModel(trial), { executionProvider, isExclusive: true });
  try {
    const { sum } = await session.run({ x: tensor(SQUARE, [1, 2, 3, 4]), y: tensor(ONE, [5]) });
    if (sum?.data[0] !== 35) throw new Error(`Expected 35, got ${sum?.data}`);
  } finally {
    await session.dispose();
  }
}
