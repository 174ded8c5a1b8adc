import { expect } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram, modelOf } from '../../../src/graph/export/encode.ts';
import { type Program, program } from '../../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import type { Tensors } from '../../../src/tensor.ts';
import { expectClose } from '../close.ts';
import { evaluateAll, type Results, type Sizes } from './evaluate.ts';
import { inputsOf } from './gradients.ts';
import type { Feeds } from './interpreter.ts';

/** Our own operators, which ONNX Runtime does not know. */
const OURS = ['StopGradient', 'ConvWeightGradient', 'Step'];

/** Runs a program under ONNX Runtime in float32. */
export async function runProgram(
  given: Program,
  feeds: Feeds,
  model = encodeProgram(given),
): Promise<Tensors> {
  const session = await compile(model);
  try {
    const listed = given.inputs.map(({ attributes: { name } }) => [name, toFloat32(feeds[name])] as const);
    return await session.run(Object.fromEntries(listed));
  } finally {
    await session.dispose();
  }
}

function toFloat32(array: Feeds[string] | undefined) {
  if (!array) throw new RangeError('Expected a feed for every input');
  return { shape: array.shape, data: Float32Array.from(array.data) };
}

/**
 * Expects a program of these values, run by ONNX Runtime in float32, to equal the reference in float64. `results` are those of
 * the reference, for a caller that has them.
 */
export async function expectOnnxToAgree(
  values: readonly Value[],
  feeds: Feeds,
  sizes: Sizes = {},
  results: Results = evaluateAll(values, feeds, sizes),
): Promise<void> {
  const outputs = Object.fromEntries(values.map((value, i) => [`output${i}`, value]));
  const compiled = program('agreement', inputsOf(values), outputs);
  const model = modelOf(compiled);
  expect(model.nodes.filter(({ opType, domain }) => OURS.includes(opType) || domain !== '')).toEqual([]);
  const actual = await runProgram(compiled, feeds, encodeModel(model));
  const largest = largestOf(values, results);
  expect(largest, 'largest number on the way').toBeLessThan(1e6);
  values.forEach((value, i) => {
    const name = `output${i}`;
    expectClose(actual[name], results.get(value), 1e-5 * largest, `${name} (${value.op})`);
  });
}

/**
 * Magnitude of the largest intermediate number, at least 1: numbers that cancel leave their rounding errors. Numbers that
 * are not finite do not count: a graph may test for them.
 */
function largestOf(values: readonly Value[], results: Results): number {
  let largest = 1;
  for (const value of topologicalOrder(values)) {
    if (isOp(value, 'Constant')) continue;
    for (const x of results.get(value)?.data ?? [])
      if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
  }
  return largest;
}
