import { sameShape } from '../../onnx/dim.ts';
import type { Value } from '../value.ts';
import { input } from './leaf.ts';
import { scanNode, scanResult } from './scan-node.ts';

type Values = Readonly<Record<string, Value>>;
type Like<T> = { readonly [Name in keyof T]: Value };

interface ScanOptions {
  readonly reverse?: boolean;
}

/**
 * A recurrence over the first axis of the sequences, whose length may be symbolic:
 *
 *     (cₜ, yₜ) = step(cₜ₋₁, xₜ),    t = 1 … N
 *
 * The carries c keep their shapes. Every sequence x is [N, …], and a step gets one item […] of it. Outputs y […] of the
 * steps are stacked to [N, …]. With `reverse`, t runs from N to 1. A step may use any value of the outer graph.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Scan.html
 * @example scan({ carry: { sum: scalar(0) }, sequences: { x } }, ({ sum }, { x }) => ({ carry: { sum: add(sum, x) } }))
 */
export function scan<Carry extends Values, Sequences extends Values, Outputs extends Values>(
  { carry, sequences }: { readonly carry: Carry; readonly sequences: Sequences },
  step: (
    carry: Like<Carry>,
    items: Like<Sequences>,
  ) => { readonly carry: Like<Carry>; readonly outputs?: Outputs },
  { reverse = false }: ScanOptions = {},
): { readonly carry: Like<Carry>; readonly outputs: Like<Outputs> } {
  const [carryNames, sequenceNames] = [Object.keys(carry), Object.keys(sequences)];
  let outputNames: readonly string[] = [];
  const { finals, outputs } = scanLists(
    { carries: labelled('carry', carry), sequences: labelled('item', sequences), reverse },
    (carries, items) => {
      const made = step(record(carryNames, carries), record(sequenceNames, items));
      outputNames = Object.keys(made.outputs ?? {});
      const next = carryNames.map((name) => made.carry[name] as Value);
      return { next, outputs: Object.values(made.outputs ?? {}) };
    },
  );
  return { carry: record(carryNames, finals), outputs: record(outputNames, outputs) };
}

const labelled = (kind: string, values: Values): readonly Labelled[] =>
  Object.entries(values).map(([name, of]) => ({ label: `${kind}.${name}`, of }));

function record<T>(names: readonly string[], values: readonly Value[]): Like<T> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Like<T>;
}

interface Labelled {
  readonly label: string;
  readonly of: Value;
}

/**
 * `scan` over lists instead of records. The carries that each step receives are extra outputs, after the outputs of the
 * step. The gradient reads them.
 */
export function scanLists(
  {
    carries,
    sequences,
    reverse,
  }: {
    readonly carries: readonly Labelled[];
    readonly sequences: readonly Labelled[];
    readonly reverse: boolean;
  },
  step: (
    carries: readonly Value[],
    items: readonly Value[],
  ) => { readonly next: readonly Value[]; readonly outputs: readonly Value[] },
): { readonly finals: readonly Value[]; readonly outputs: readonly Value[] } {
  requireOneLength(sequences.map(({ of }) => of));
  const received = carries.map(({ label, of }) => input(label, of.shape, of.dtype));
  const items = sequences.map(({ label, of }) => input(label, of.shape.slice(1), of.dtype));
  const { next, outputs } = step(received, items);
  for (const [i, { attributes, shape, dtype }] of received.entries()) {
    const got = next[i];
    if (got && sameShape(got.shape, shape) && got.dtype === dtype) continue;
    const given = got ? `${got.dtype} [${got.shape}]` : 'nothing';
    throw new RangeError(`Expected ${attributes.name} to remain ${dtype} [${shape}], got ${given}`);
  }
  const operands = [...carries, ...sequences].map(({ of }) => of);
  const node = scanNode(operands, [...received, ...items], [...next, ...outputs, ...received], {
    carries: carries.length,
    sequences: sequences.length,
    reverse,
  });
  const results = node.attributes.body.results.map((_, i) => scanResult(node, i));
  return {
    finals: results.slice(0, carries.length),
    outputs: results.slice(carries.length, carries.length + outputs.length),
  };
}

function requireOneLength(sequences: readonly Value[]): void {
  const [length] = sequences[0]?.shape ?? [];
  if (length === undefined || sequences.some(({ shape }) => shape[0] !== length)) {
    const got = sequences.map(({ shape }) => `[${shape}]`).join(', ') || 'none';
    throw new RangeError(`Expected sequences of one length, got ${got}`);
  }
}
