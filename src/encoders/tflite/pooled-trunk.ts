import type { OnnxModel } from '../../onnx/model.ts';
import { createOnnxBuilder } from '../onnx-builder.ts';
import { invalidTflite } from './flatbuffer.ts';
import { readTflite, type TfliteModel, type TfliteTensor } from './read-tflite.ts';
import { trunk } from './trunk.ts';

export const isTflite = (file: Uint8Array): boolean =>
  Buffer.from(file.subarray(4, 8)).toString('latin1') === 'TFL3';

/** Operators of a classifier after its pooling. */
const HEAD: ReadonlySet<string> = new Set([
  'SOFTMAX',
  'LOGISTIC',
  'QUANTIZE',
  'DEQUANTIZE',
  'RESHAPE',
  'SQUEEZE',
  'FULLY_CONNECTED',
  'CONV_2D',
  'HARD_SWISH',
  'RELU',
  'RELU6',
  'ADD',
  'MUL',
]);
const POOLING: ReadonlySet<string> = new Set(['MEAN', 'AVERAGE_POOL_2D']);

export interface PooledTrunk {
  readonly model: OnnxModel;
  /** Name of the features. */
  readonly tensor: string;
  /** How pixels 0…1 become the input: (pixel − mean) / deviation. Undefined for an input of floats, which does not say it. */
  readonly scaling: { readonly mean: readonly number[]; readonly deviation: readonly number[] } | undefined;
}

/**
 * A network of pictures up to the plane that its classifier pools, in ONNX with float32 weights and channels first:
 *
 *     image [B, 3, height, width] → features [B, channels, height / stride, width / stride]
 *
 * @param layer name of another tensor. Default: what the pooling before the classifier reads; without one the output
 * @throws InnerloopError `invalid_package` for another kind of network, or an operator that `trunk` does not have
 */
export function pooledTrunk(file: Uint8Array, layer?: string): PooledTrunk {
  const model = readTflite(file);
  const [input = -1] = model.inputs;
  const { shape, name = '' } = model.tensors[input] ?? {};
  const [batch, height = 0, width = 0, channels] = shape ?? [];
  if (model.inputs.length !== 1 || shape?.length !== 4 || batch !== 1 || channels !== 3)
    throw invalidTflite(
      `expected one input of pictures [1, height, width, 3], got ${model.inputs.length}: ${name} [${shape}]`,
    );
  const tensor = layer === undefined ? pooledTensor(model) : namedTensor(model, layer);
  const tap = producerOf(model, tensor);
  const b = createOnnxBuilder('trunk');
  const image = { name: b.input('image', ['B', 3, height, width]), channels: 3, height, width };
  const [plane] = tap < 0 ? [] : trunk(b, model, image, [tap]);
  if (!plane) throw invalidTflite(`expected a computed tensor of features, got tensor ${tensor}`);
  return {
    model: b.finish(plane.name, 'features', ['B', plane.channels, plane.height, plane.width]),
    tensor: shortName(model.tensors[tensor]),
    scaling: pixelScaling(model.tensors[input]),
  };
}

/** The smallest integer of a type. */
const LEAST: Readonly<Record<string, number>> = { uint8: 0, int8: -128 };

/** An input of 8 bits stores pixel · 255 + least, and its value is scale · (stored − zero). */
function pixelScaling(tensor: TfliteTensor | undefined): PooledTrunk['scaling'] {
  const least = LEAST[tensor?.type.name ?? ''];
  const scaling = least === undefined ? undefined : tensor?.scaling();
  if (least === undefined || !scaling) return undefined;
  const { scale, zero } = scaling;
  const rounded = (x: number) => Number(x.toFixed(6));
  return { mean: [rounded((zero - least) / 255)], deviation: [rounded(1 / (255 * scale))] };
}

/** The converter joins the names of all the tensors that became one by `;`. The first one is enough. */
const shortName = (tensor: TfliteTensor | undefined): string => tensor?.name.split(';')[0] ?? '';

const producerOf = ({ operators }: TfliteModel, tensor: number) =>
  operators.findIndex(({ outputs }) => outputs.includes(tensor));

function namedTensor({ tensors }: TfliteModel, layer: string): number {
  const computed = (isNamed: (tensor: TfliteTensor) => boolean) =>
    tensors.findIndex((tensor) => !tensor.constant && isNamed(tensor));
  const whole = computed(({ name }) => name === layer);
  const found = whole >= 0 ? whole : computed((tensor) => shortName(tensor) === layer);
  if (found >= 0) return found;
  throw invalidTflite(`expected --layer to name a computed tensor, got ${JSON.stringify(layer)}`);
}

/** The input of the pooling that the output depends on through a head alone; otherwise the output itself. */
function pooledTensor(model: TfliteModel): number {
  const [output = -1] = model.outputs;
  let tensor = output;
  const producers = new Map(
    model.operators.flatMap((each) => each.outputs.map((made) => [made, each] as const)),
  );
  // Follows the first inputs of a head. If they form a cycle, the number of operators ends it.
  for (let steps = 0; steps <= model.operators.length; steps++) {
    const { op = '', inputs = [] } = producers.get(tensor) ?? {};
    const [, height, width] =
      model.tensors[tensor]?.shape.length === 4 ? (model.tensors[tensor]?.shape ?? []) : [];
    const isPlane = (height ?? 1) * (width ?? 1) > 1;
    if (isPlane || !(HEAD.has(op) || POOLING.has(op))) break;
    tensor = inputs[0] ?? -1;
    if (POOLING.has(op)) return tensor;
  }
  return output;
}
