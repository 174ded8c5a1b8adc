import type { Static } from 'typebox';
import { describe } from '../../service/inputs/invalid-input.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { AdaptedModel } from '../../service/service.ts';
import type { Tensor } from '../../tensor.ts';
import { withPlaces } from '../bodies/places.ts';
import { decodeUtf8 } from '../bodies/utf8.ts';
import { MAX_INPUTS } from '../limits.ts';
import type { InferenceInput, TensorMetadata } from '../schemas/inference.ts';
import { type Frame, splitByteStrings } from './binary-framing.ts';
import { binaryParts } from './binary-part.ts';
import { BYTES, elementTypeOf } from './datatypes.ts';
import { refuse } from './errors.ts';
import { describeColumns, readRows } from './read-rows.ts';

/** The name of the only input. The ONNX programs of packages use the same name. */
export const INPUT = 'x';

const AT = '/inputs/0';
const whole = { pointerOf: () => AT };
/** JSON pointers to the rows of the input. */
export const rows = { pointerOf: (row: number) => `${AT}/data/${row}` };

type Input = Static<typeof InferenceInput>;

/** The inputs of a model. A table has one for each column. */
export function describeInputs({ input, columns }: AdaptedModel): Static<typeof TensorMetadata>[] {
  if (input.reads === 'row') return describeColumns(columns ?? []);
  return readsNumbers(input)
    ? [{ name: INPUT, datatype: 'FP32', shape: [-1, ...input.shape] }]
    : [{ name: INPUT, datatype: BYTES, shape: [-1] }];
}

/** Other packages read texts or files, as BYTES. Those for pictures without an encoder read both. */
function readsNumbers({ reads, encoder }: AdaptedModel['input']): boolean {
  return reads === 'tensor' || (reads === 'image' && encoder === undefined);
}

/**
 * Reads the network's input from a request, in any form that the protocol allows. Calls `signal` only if there are files
 * to decode.
 * @throws InnerloopError `invalid_input`
 */
export async function readInput(
  inputs: readonly Input[],
  { json, tensors }: Frame,
  adapted: AdaptedModel,
  signal: () => AbortSignal,
): Promise<Tensor> {
  const { input: spec, columns } = adapted;
  if (json === null) return readRaw(tensors, adapted, signal);
  const parts = binaryParts(inputs, tensors);
  if (spec.reads === 'row') {
    const table = readRows(inputs, parts, columns ?? []);
    return (await withPlaces(rowsOfTable, () => adapted.decode(table, signal()))).x;
  }
  const [input] = inputs;
  if (!input || inputs.length > 1) throw refuse('/inputs', `one input, ${INPUT}`, `${inputs.length}`);
  if (input.name !== INPUT) throw refuse(`${AT}/name`, JSON.stringify(INPUT), describe(input.name));
  const [bytes = null] = parts;
  const { datatype, shape, data = [] } = input;
  if (datatype === BYTES) {
    requireShape(input, []);
    const isText = spec.reads === 'text';
    const items = bytes ? itemsOfBytes(bytes, input, isText) : itemsOfJson(input, isText);
    return (await withPlaces(rows, () => adapted.decode(items, signal()))).x;
  }
  const type = elementTypeOf(datatype, AT);
  if (!readsNumbers(spec)) throw refuse(`${AT}/datatype`, BYTES, datatype);
  requireShape(input, spec.shape);
  return withPlaces(whole, () => adapted.decodeTensor({ type, shape, values: bytes ?? data }));
}

/** JSON pointers to the rows of a table, which has no place of its own in the request. */
const rowsOfTable = { pointerOf: () => '/inputs', nameOf: (row: number) => ` (row ${row})` };

/** Reads a body that is one input without JSON: FP32 numbers if the package takes only numbers, otherwise a text or a file. */
function readRaw(body: Buffer, { input, decode, decodeTensor }: AdaptedModel, signal: () => AbortSignal) {
  const { shape, reads } = input;
  if (reads === 'row') throw refuse('/inputs', 'an input for each column', 'one body without JSON');
  return withPlaces(whole, async () =>
    reads === 'tensor'
      ? decodeTensor({ type: 'float32', shape: [1, ...shape], values: body })
      : (await decode([{ kind: 'file', file: body }], signal())).x,
  );
}

function requireShape({ shape }: Input, row: readonly number[]): void {
  const [, ...rest] = shape;
  if (shape.length === row.length + 1 && rest.every((dim, i) => dim === row[i])) return;
  throw refuse(`${AT}/shape`, `[${[-1, ...row].join(', ')}]`, `[${shape.join(', ')}]`);
}

function itemsOfBytes(bytes: Buffer, { shape: [count = 0] }: Input, isText: boolean): RawInput[] {
  if (count > MAX_INPUTS) throw refuse(`${AT}/shape`, `at most ${MAX_INPUTS} elements`, `${count}`);
  return splitByteStrings(bytes, count, AT).map((item, i) =>
    isText
      ? { kind: 'text', text: decodeUtf8(item, `the text at ${rows.pointerOf(i)}`) }
      : { kind: 'file', file: item },
  );
}

/** JSON cannot hold bytes, so each file is base64 text, with or without a data URL around it. */
function itemsOfJson({ shape: [count = 0], data = [] }: Input, isText: boolean): RawInput[] {
  if (data.length !== count)
    throw refuse(`${AT}/data`, `${count} elements (from the shape)`, `${data.length}`);
  return data.map((text, i) => {
    const expected = isText ? 'a text' : 'a file in base64';
    if (typeof text !== 'string') throw refuse(rows.pointerOf(i), expected, describe(text));
    return isText ? { kind: 'text', text } : { kind: 'json', value: text };
  });
}
