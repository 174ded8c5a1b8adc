import type { Static } from 'typebox';
import { describe } from '../../service/inputs/describe.ts';
import { fromBase64 } from '../../service/inputs/inputs.ts';
import type { AdaptedModel, PlacedInput } from '../../service/service.ts';
import type { Tensor } from '../../tensor.ts';
import type { InferenceInput } from '../schemas/inference.ts';
import { splitByteStrings } from './byte-strings.ts';
import { type Datatype, datatypes } from './datatypes.ts';
import type { Frame } from './framing.ts';
import { refuse } from './refuse.ts';
import { valuesOfBytes, valuesOfJson } from './values.ts';

/** The name of the one input, that of the programs. */
export const INPUT = 'x';

const AT = '/inputs/0';

/** Where errors point about a row of the input. */
export const pointerOfRow = (row: number) => `${AT}/data/${row}`;

type Input = Static<typeof InferenceInput>;

/** The network's input from that of a request, in any of its forms. @throws InnerloopError `invalid_input` */
export async function readInput(
  inputs: readonly Input[],
  { json, tensors }: Frame,
  adapted: AdaptedModel,
): Promise<Tensor> {
  if (json === null) return readRaw(tensors, adapted);
  const [input] = inputs;
  if (!input || inputs.length > 1) throw refuse('/inputs', `one input, ${INPUT}`, `${inputs.length}`);
  if (input.name !== INPUT) throw refuse(`${AT}/name`, JSON.stringify(INPUT), describe(input.name));
  const bytes = binaryPart(input, tensors);
  const row = adapted.input.shape;
  if (input.datatype === 'BYTES') {
    requireShape(input, []);
    return adapted.decode(bytes ? filesOfBytes(bytes, input) : filesOfJson(input));
  }
  const datatype = datatypeOf(input);
  requireShape(input, row);
  const { shape, data = [] } = input;
  const values = bytes
    ? valuesOfBytes(bytes, datatype, shape, AT)
    : valuesOfJson(data, datatype, shape, `${AT}/data`);
  return { shape, data: values };
}

/** The body is a batch of one: a picture where the package takes pictures, numbers of FP32 where it takes numbers. */
async function readRaw(
  body: Buffer,
  { input: { shape, preprocessing }, decode }: AdaptedModel,
): Promise<Tensor> {
  if (preprocessing.kind === 'image') return decode([{ pointer: AT, input: { kind: 'image', file: body } }]);
  const whole = [1, ...shape];
  return { shape: whole, data: valuesOfBytes(body, datatypes.FP32 as Datatype, whole, AT) };
}

/** What follows the JSON is this input's, all of it, or there is nothing; null where the values are in the JSON. */
function binaryPart({ data, parameters = {} }: Input, tensors: Buffer): Buffer | null {
  const { binary_data_size: size } = parameters;
  if (size === undefined && data === undefined) {
    throw refuse(`${AT}/data`, 'data, or the parameter binary_data_size', 'neither');
  }
  if (size !== undefined && data !== undefined) {
    throw refuse(`${AT}/data`, 'no data beside the parameter binary_data_size', 'both');
  }
  if ((size ?? 0) !== tensors.length) {
    throw refuse(AT, `${size ?? 0} bytes after the JSON part`, `${tensors.length}`);
  }
  return size === undefined ? null : tensors;
}

function datatypeOf({ datatype }: Input): Datatype {
  const found = Object.hasOwn(datatypes, datatype) ? datatypes[datatype] : undefined;
  if (found) return found;
  const names = [...Object.keys(datatypes), 'BYTES'].join(', ');
  throw refuse(`${AT}/datatype`, `one of ${names}`, describe(datatype));
}

function requireShape({ shape }: Input, row: readonly number[]): void {
  const [, ...rest] = shape;
  if (shape.length === row.length + 1 && rest.every((dim, i) => dim === row[i])) return;
  throw refuse(`${AT}/shape`, `[${[-1, ...row].join(', ')}]`, `[${shape.join(', ')}]`);
}

function filesOfBytes(bytes: Buffer, { shape: [count = 0] }: Input): PlacedInput[] {
  return splitByteStrings(bytes, count, AT).map((file, i) => ({
    pointer: pointerOfRow(i),
    input: { kind: 'image', file },
  }));
}

/** JSON has no bytes: base64 stands for them, bare or as a data URL. */
function filesOfJson({ shape: [count = 0], data = [] }: Input): PlacedInput[] {
  if (data.length !== count)
    throw refuse(`${AT}/data`, `${count} elements, as the shape says`, `${data.length}`);
  return data.map((text, i) => {
    const pointer = pointerOfRow(i);
    const file = typeof text === 'string' ? fromBase64(text.replace(/^data:[^,]{0,256};base64,/, '')) : null;
    if (!file) throw refuse(pointer, 'an image file in base64', describe(text));
    return { pointer, input: { kind: 'image', file } };
  });
}
