import type { Static } from 'typebox';
import type { Cell, ColumnName } from '../../domain/rows/row.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import { MAX_INPUTS } from '../limits.ts';
import type { InferenceInput, TensorMetadata } from '../schemas/inference.ts';
import type { BinaryPart } from './binary-part.ts';
import { cellsOf } from './column-values.ts';
import { BYTES } from './datatypes.ts';
import { refuse } from './errors.ts';

type Input = Static<typeof InferenceInput>;

/** A column of the table that a task was adapted to. */
export interface TableColumn {
  readonly name: ColumnName;
  readonly kind: string;
}

/** A table as inputs of the protocol: one for each column. */
export function describeColumns(columns: readonly TableColumn[]): Static<typeof TensorMetadata>[] {
  return columns.map(({ name, kind }) => ({
    name: String(name),
    datatype: kind === 'number' ? 'FP32' : BYTES,
    shape: [-1],
  }));
}

/**
 * Reads rows from one input per column, in any order. Every column needs a value for each row.
 * @throws InnerloopError `invalid_input`
 */
export function readRows(
  inputs: readonly Input[],
  parts: readonly BinaryPart[],
  columns: readonly TableColumn[],
): RawInput[] {
  const names = columns.map(({ name }) => String(name));
  const unknown = inputs.findIndex(({ name }) => !names.includes(name));
  if (unknown >= 0)
    throw refuse(`/inputs/${unknown}/name`, `one of ${shortList(names)}`, describe(inputs[unknown]?.name));
  const given = inputs.map(({ name }) => name);
  const twice = given.findIndex((name, i) => given.indexOf(name) < i);
  if (twice >= 0)
    throw refuse(`/inputs/${twice}/name`, 'each column once', `${describe(given[twice])} again`);
  const missing = names.find((name) => !given.includes(name));
  if (missing !== undefined)
    throw refuse('/inputs', `an input for the column ${describe(missing)}`, shortList(given) || 'none');
  const count = countOf(inputs[0], 0);
  const cells = new Map<string, readonly Cell[]>(
    inputs.map((input, i) => {
      const pointer = `/inputs/${i}`;
      if (countOf(input, i) !== count)
        throw refuse(`${pointer}/shape`, `[${count}], as in the first input`, `[${input.shape.join(', ')}]`);
      return [input.name, cellsOf(input, parts[i] ?? null, count, pointer)];
    }),
  );
  const isByPosition = columns.every(({ name }) => typeof name === 'number');
  return Array.from({ length: count }, (_, row) => {
    const entries = names.map((name) => [name, cells.get(name)?.[row] ?? null] as const);
    return { kind: 'row', row: isByPosition ? entries.map(([, cell]) => cell) : Object.fromEntries(entries) };
  });
}

/** The number of rows of a column of shape [N] or [N, 1]. */
function countOf(input: Input | undefined, i: number): number {
  const { shape = [] } = input ?? {};
  const [count = 0, width = 1] = shape;
  if (shape.length < 1 || shape.length > 2 || width !== 1)
    throw refuse(`/inputs/${i}/shape`, '[-1] or [-1, 1]', `[${shape.join(', ')}]`);
  if (count > MAX_INPUTS) throw refuse(`/inputs/${i}/shape`, `at most ${MAX_INPUTS} rows`, `${count}`);
  return count;
}

const MAX_NAMES = 20;

const shortList = (names: readonly string[]) =>
  names
    .slice(0, MAX_NAMES)
    .map((each) => each.slice(0, 64))
    .join(', ');
