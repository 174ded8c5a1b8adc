import { expect } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../../src/graph/export/encode.ts';
import { type Program, program } from '../../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { decodeModel } from '../../../src/onnx/decode.ts';
import type { Tensors } from '../../../src/tensor.ts';
import { expectClose } from '../close.ts';
import { evaluate, type Sizes } from './evaluate.ts';
import { inputsOf } from './gradients.ts';
import type { Feeds } from './interpreter.ts';

/** Our own operators, which ONNX Runtime does not know. */
const OURS = ['StopGradient', 'ConvWeightGradient', 'Step'];

/** Runs a program under ONNX Runtime in float32. */
export async function runProgram(given: Program, feeds: Feeds): Promise<Tensors> {
  const session = await compile(encodeProgram(given));
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

/** Expects a program of these values, run by ONNX Runtime in float32, to equal the reference in float64. */
export async function expectOnnxToAgree(
  values: readonly Value[],
  feeds: Feeds,
  sizes: Sizes = {},
): Promise<void> {
  const outputs = Object.fromEntries(values.map((value, i) => [`output${i}`, value]));
  const compiled = program('agreement', inputsOf(values), outputs);
  const { nodes } = decodeModel(encodeProgram(compiled));
  expect(nodes.filter(({ opType, domain }) => OURS.includes(opType) || domain !== '')).toEqual([]);
  const actual = await runProgram(compiled, feeds);
  const largest = largestWithin(values, feeds, sizes);
  expect(largest, 'largest number on the way').toBeLessThan(1e6);
  evaluate(values, feeds, sizes).forEach((expected, i) => {
    const name = `output${i}`;
    expectClose(actual[name], expected, 1e-5 * largest, `${name} (${values[i]?.op})`);
  });
}

/**
 * Magnitude of the largest intermediate number, at least 1: numbers that cancel leave their rounding errors. Numbers that
 * are not finite do not count: a graph may test for them.
 */
function largestWithin(values: readonly Value[], feeds: Feeds, sizes: Sizes): number {
  const computed = topologicalOrder(values).filter((each) => !isOp(each, 'Constant'));
  const all = evaluate(computed, feeds, sizes);
  return all.reduce(
    (max, { data }) =>
      data.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), max),
    1,
  );
}
