import { cast, constant, input, reshape, transpose } from '../../graph/ops/index.ts';
import type { DType, Value } from '../../graph/value.ts';
import type { Dim } from '../../onnx/dim.ts';
import type { OnnxModel, OnnxValueInfo } from '../../onnx/model.ts';
import { storedTypeOf } from '../../onnx/typed-values.ts';
import type { EncoderManifest } from '../../package/encoder/encoder.ts';
import type { ImportKind, PreparationOptions } from './options.ts';
import { invalidModel } from './read-model.ts';

/** One input of the model, and how the inputs of the encoder become it. */
export interface ModelInput {
  readonly name: string;
  /** Its type in the file. */
  readonly type: 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';
  /** For one example. */
  readonly shape: readonly number[];
  readonly role: Role;
}
export type Role = 'image' | 'ids' | 'mask' | 'types' | 'positions' | 'samples' | 'values';

export interface ModelInputs {
  readonly inputs: readonly ModelInput[];
  /** The inputs of the encoder for one example. */
  readonly own: readonly Value<'Input'>[];
  readonly values: Readonly<Record<string, Value>>;
  readonly manifest: EncoderManifest['inputs'];
}

const TYPES: ReadonlySet<string> = new Set([
  'float32',
  'float64',
  'float16',
  'int64',
  'int32',
  'uint8',
  'bool',
]);

/** Of one input. Pictures of 2048 pixels, or 17 minutes of sound. */
const MOST_NUMBERS = 2 ** 24;
const MOST_AXES = 8;
/** Four seconds at 16,000 Hz. */
const DEFAULT_SAMPLES = 64_000;

/** The inputs of a model that are not weights. */
function given({ inputs, initializers }: OnnxModel): readonly OnnxValueInfo[] {
  const weights = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !weights.has(name));
}

/**
 * Which content each input of the model gets, with every size known for one example. @throws InnerloopError
 * `invalid_package` when the inputs are not those of this kind
 */
export function inputsOf(model: OnnxModel, kind: ImportKind, options: PreparationOptions): ModelInputs {
  const described = given(model);
  const inputs = kinds[kind](described, options);
  for (const { name, shape } of inputs)
    if (shape.length > MOST_AXES || !(shape.reduce((a, b) => a * b, 1) <= MOST_NUMBERS))
      throw invalidModel(
        `input ${name} of at most ${MOST_NUMBERS} numbers along ${MOST_AXES} axes`,
        `[${shape.slice(0, 2 * MOST_AXES)}]`,
      );
  const own: Value<'Input'>[] = [];
  const values = new Map<string, Value>();
  for (const each of inputs) {
    const { name, role, shape, type } = each;
    const dtype: DType = type.startsWith('float') ? 'float32' : type === 'bool' ? 'bool' : 'int64';
    if (role === 'positions') {
      const data = BigInt64Array.from({ length: shape.at(-1) ?? 0 }, (_, i) => BigInt(i));
      values.set(name, reshape(constant({ shape: [data.length], data }), shape));
      continue;
    }
    const made = ownInput(each);
    own.push(made.own);
    values.set(name, cast(made.value, dtype));
  }
  return { inputs, own, values: Object.fromEntries(values), manifest: own.map(manifestOf) };
}

/** The encoder's input: without the batch axis, pictures with channels first. */
function ownInput({ role, shape }: ModelInput): { own: Value<'Input'>; value: Value } {
  const [, ...rest] = shape;
  if (role !== 'image' || !isChannelsLast(shape)) {
    const dims = role === 'samples' ? [shape.at(-1) ?? 1] : shape[0] === 1 && shape.length > 1 ? rest : shape;
    const own = input(NAMES[role], dims, ['ids', 'mask', 'types'].includes(role) ? 'int64' : 'float32');
    return { own, value: reshape(own, shape) };
  }
  const [height = 1, width = 1, channels = 1] = rest;
  const own = input(NAMES.image, [channels, height, width]);
  return { own, value: transpose(reshape(own, [1, channels, height, width]), [0, 2, 3, 1]) };
}

const NAMES: Readonly<Record<Role, string>> = {
  image: 'image',
  ids: 'ids',
  mask: 'mask',
  types: 'types',
  positions: 'positions',
  samples: 'samples',
  values: 'input',
};

const manifestOf = ({ attributes, shape, dtype }: Value<'Input'>) => ({
  name: attributes.name,
  shape: shape.map(Number),
  ...(dtype === 'int64' && { dtype }),
});

const isChannels = (dim: Dim | undefined): boolean => dim === 1 || dim === 3;
export const isChannelsLast = ([, c, , last]: readonly Dim[]): boolean => !isChannels(c) && isChannels(last);

const written = (inputs: readonly OnnxValueInfo[]): string =>
  inputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ') || 'none';

function typed({ name, elementType }: OnnxValueInfo): ModelInput['type'] {
  const type = storedTypeOf(elementType) ?? 'text';
  if (TYPES.has(type)) return type as ModelInput['type'];
  throw invalidModel(`input ${name} to hold numbers`, `type ${elementType}`);
}

function only(inputs: readonly OnnxValueInfo[], what: string): OnnxValueInfo {
  const [first] = inputs;
  if (first && inputs.length === 1) return first;
  throw invalidModel(`one input, ${what}`, written(inputs));
}

const kinds: Readonly<
  Record<ImportKind, (inputs: readonly OnnxValueInfo[], options: PreparationOptions) => readonly ModelInput[]>
> = {
  image(inputs, { size }) {
    const found = only(inputs, 'pictures [1, channels, height, width]');
    const { name, shape } = found;
    if (shape.length !== 4)
      throw invalidModel(`input ${name} to be pictures of four axes`, `[${shape.join(', ')}]`);
    const isLast = isChannelsLast(shape);
    const channels = isLast ? shape[3] : shape[1];
    const count = typeof channels === 'number' ? channels : 3;
    if (!isChannels(count)) throw invalidModel(`1 or 3 channels of ${name}`, count);
    const [height = 0, width = 0] = (isLast ? shape.slice(1, 3) : shape.slice(2)).map((dim) => {
      const side = typeof dim === 'number' && dim > 0 ? dim : (size ?? 224);
      if (size === undefined || side === size) return side;
      throw invalidModel(`pictures of ${side} pixels, the size of input ${name}`, size);
    });
    const sides = isLast ? [1, height, width, count] : [1, count, height, width];
    return [{ name, type: typed(found), shape: sides, role: 'image' }];
  },

  text(inputs, { maxTokens }) {
    for (const { name, shape } of inputs)
      if (shape.length !== 2)
        throw invalidModel(`input ${name} to be tokens [1, length]`, `[${shape.join(', ')}]`);
    const lengths = inputs.map(({ shape }) => shape[1]).filter((dim) => typeof dim === 'number' && dim > 0);
    const length = Number(lengths[0] ?? maxTokens ?? 128);
    if (maxTokens !== undefined && maxTokens !== length)
      throw invalidModel(`${length} tokens, the length of the model's inputs`, maxTokens);
    const all = inputs.map(
      (each): ModelInput => ({
        name: each.name,
        type: typed(each),
        shape: [1, length],
        role: roleOf(each.name, inputs.length),
      }),
    );
    const roles = all.map(({ role }) => role);
    if (!roles.includes('ids') || new Set(roles).size !== roles.length)
      throw invalidModel('inputs for ids, and perhaps a mask, types and positions', written(inputs));
    return all;
  },

  audio(inputs, { samples }) {
    const found = only(inputs, 'samples [1, length] or [1, 1, length]');
    const { name, shape } = found;
    const length = shape.at(-1);
    const isMono = shape.length === 2 || (shape.length === 3 && shape[1] === 1);
    if (!isMono)
      throw invalidModel(
        `input ${name} to be samples [1, length] or [1, 1, length]`,
        `[${shape.join(', ')}]. A network of spectrograms: export it with the spectrogram inside, or import it with --input vector`,
      );
    const size = typeof length === 'number' && length > 0 ? length : (samples ?? DEFAULT_SAMPLES);
    if (samples !== undefined && samples !== size)
      throw invalidModel(`${size} samples, the length of input ${name}`, samples);
    return [{ name, type: typed(found), shape: [...shape.slice(0, -1).map(() => 1), size], role: 'samples' }];
  },

  vector(inputs) {
    const found = only(inputs, 'numbers');
    const free = found.shape.slice(1).find((dim) => typeof dim !== 'number' || dim < 1);
    if (free !== undefined || found.shape.length < 1)
      throw invalidModel(`known sizes of input ${found.name}`, `[${found.shape.join(', ')}]`);
    const shape = found.shape.map((dim, axis) => (axis === 0 ? 1 : Number(dim)));
    return [{ name: found.name, type: typed(found), shape, role: 'values' }];
  },
};

function roleOf(name: string, count: number): Role {
  if (/mask/i.test(name)) return 'mask';
  if (/type|segment/i.test(name)) return 'types';
  if (/position/i.test(name)) return 'positions';
  if (/ids?$|tokens?$|input/i.test(name) || count === 1) return 'ids';
  throw invalidModel('inputs for ids, a mask, types or positions', name);
}
