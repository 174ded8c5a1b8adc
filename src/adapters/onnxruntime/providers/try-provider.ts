import type { ExecutionProvider } from '../../../execution-providers.ts';
import { encodeModel, newModel } from '../../../onnx/encode.ts';
import { dataTypes } from '../../../onnx/schema.ts';
import { tensor } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

const row = (name: string) => ({ name, elementType: dataTypes.float32, shape: [1, 2] });

/** sum = x + y */
const trial = newModel({
  name: 'trial',
  nodes: [{ name: 'sum', opType: 'Add', domain: '', inputs: ['x', 'y'], outputs: ['sum'], attributes: [] }],
  initializers: [],
  inputs: [row('x'), row('y')],
  outputs: [row('sum')],
  sparseInitializers: 0,
});

/**
 * Runs an addition on the provider without a fallback to the CPU. Rejects when this fails. A provider whose library loads
 * may still be unable to compute.
 */
export async function tryProvider(executionProvider: ExecutionProvider): Promise<void> {
  const session = await compile(encodeModel(trial), { executionProvider, isExclusive: true });
  try {
    const { sum } = await session.run({ x: tensor([1, 2], [1, 2]), y: tensor([1, 2], [3, 4]) });
    if (sum?.data[0] !== 4 || sum.data[1] !== 6) throw new Error(`Expected 4,6, got ${sum?.data}`);
  } finally {
    await session.dispose();
  }
}
