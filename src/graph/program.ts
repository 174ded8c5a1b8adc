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

/** A graph between named inputs and named outputs. */
export interface Program {
  readonly name: string;
  readonly inputs: readonly Value<'Input'>[];
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Called after each pass with the program before and after it. `logPasses` returns such a function, which prints the
 * programs.
 */
export type OnPass = (pass: string, before: Program, after: Program) => void;

/**
 * The passes in order. `simplify` and `commonSubexpressions` run twice: the first merge turns equal operands into one
 * value, and the second `simplify` can then recognise them.
 */
const passes: readonly (readonly [name: string, pass: Pass])[] = [
  ['pruneScans', pruneScans],
  ['lower', lower],
  ['simplify', simplify],
  ['columnSums', columnSums],
  ['shapesOfInputs', shapesOfInputs],
  ['commonSubexpressions', commonSubexpressions],
  ['simplify', simplify],
  ['commonSubexpressions', commonSubexpressions],
  ['products', products],
];

/**
 * Makes a program of standard operators only. Inputs that no output uses remain in its signature.
 * @throws RangeError when an output uses an input that is not listed, or when two inputs or outputs have the same name.
 */
export function program(
  name: string,
  inputs: readonly Value<'Input'>[],
  outputs: Readonly<Record<string, Value>>,
  onPass?: OnPass,
): Program {
  const names = Object.keys(outputs);
  const over = (values: readonly Value[]): Program => ({
    name,
    inputs,
    outputs: Object.fromEntries(names.map((each, i) => [each, values[i] as Value])),
  });
  const results = new Map<Pass, readonly Value[]>();
  const values = passes.reduce<readonly Value[]>((before, [pass, run]) => {
    // A pass does not change its own result: its second run is left out if nothing changed since the first.
    const isDone = before.every((each, i) => each === results.get(run)?.[i]);
    const after = isDone ? before : run(before);
    results.set(run, after);
    onPass?.(pass, over(before), over(after));
    return after;
  }, Object.values(outputs));
  const made = over(values);
  requireSoundSignature(made);
  return made;
}

function requireSoundSignature({ name, inputs, outputs }: Program): void {
  const listed = new Map(inputs.map((each) => [each.attributes.name, each]));
  const signature = [...inputs.map((each) => each.attributes.name), ...Object.keys(outputs)];
  const twice = signature.find((each, i) => signature.indexOf(each) !== i);
  if (twice !== undefined)
    throw new RangeError(`Expected names of program ${name} to differ, got ${twice} twice`);
  for (const leaf of topologicalOrder(Object.values(outputs))) {
    if (!isOp(leaf, 'Input')) continue;
    const same = listed.get(leaf.attributes.name);
    if (same && sameShape(same.shape, leaf.shape)) continue;
    const got = inputs.map((each) => `${each.attributes.name} [${each.shape}]`);
    throw new RangeError(
      `Expected program ${name} to list input ${leaf.attributes.name} [${leaf.shape}], got ${got.join(', ')}`,
    );
  }
}
