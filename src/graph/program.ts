import { sameShape } from '../onnx/dim.ts';
import { columnSums } from './passes/column-sums.ts';
import { commonSubexpressions } from './passes/common-subexpressions.ts';
import { shapesOfInputs } from './passes/input-shapes.ts';
import { lower } from './passes/lower.ts';
import { products } from './passes/products.ts';
import { pruneScans } from './passes/prune-scans.ts';
import { simplify } from './passes/simplify.ts';
import type { Pass } from './rewriting/rewrite.ts';
import { isOp, topologicalOrder, type Value } from './value.ts';

/** A graph cut out between named inputs and named outputs. */
export interface Program {
  readonly name: string;
  readonly inputs: readonly Value<'Input'>[];
  readonly outputs: Readonly<Record<string, Value>>;
}

/** In order: each leaves the graph as the next one wants it. Equal operands are seen once they are one. */
const passes: readonly Pass[] = [
  pruneScans,
  lower,
  simplify,
  columnSums,
  shapesOfInputs,
  commonSubexpressions,
  simplify,
  commonSubexpressions,
  products,
];

/**
 * A program of standard operators only. Inputs that no output uses stay part of its signature.
 * @throws RangeError when an output is made of an input that is not listed, or when a name stands for two things.
 */
export function program(
  name: string,
  inputs: readonly Value<'Input'>[],
  outputs: Readonly<Record<string, Value>>,
): Program {
  const names = Object.keys(outputs);
  const values = passes.reduce<readonly Value[]>((current, pass) => pass(current), Object.values(outputs));
  const listed = new Map(inputs.map((each) => [each.attributes.name, each]));
  const signature = [...inputs.map((each) => each.attributes.name), ...names];
  const twice = signature.find((each, i) => signature.indexOf(each) !== i);
  if (twice !== undefined)
    throw new RangeError(`Expected names of program ${name} to differ, got ${twice} twice`);
  for (const leaf of topologicalOrder(values)) {
    if (!isOp(leaf, 'Input')) continue;
    const same = listed.get(leaf.attributes.name);
    if (!same || !sameShape(same.shape, leaf.shape)) {
      const got = inputs.map((each) => `${each.attributes.name} [${each.shape}]`);
      throw new RangeError(
        `Expected program ${name} to list input ${leaf.attributes.name} [${leaf.shape}], got ${got.join(', ')}`,
      );
    }
  }
  return { name, inputs, outputs: Object.fromEntries(names.map((each, i) => [each, values[i] as Value])) };
}
