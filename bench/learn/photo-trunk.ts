import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OnnxBuilder } from '../../src/encoders/onnx-builder.ts';
import { OBJECTRON, tfliteIn } from '../../src/encoders/photos/objectron.ts';

import { readTflite } from '../../src/encoders/tflite/read-tflite.ts';
import { trunk } from '../../src/encoders/tflite/trunk.ts';
import { add, type ConvOptions, clip, conv, input } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { sizeOf, type Tensor } from '../../src/tensor.ts';
import type { Build } from './network.ts';

/** Side of the images, as the encoder reads them. */
const PHOTO_SIDE = 160;
/** The operator that ends the trunk: the last block, of 320 channels. */
const LAST = 170;

/** One operator of the trunk, as the peer builds it. */
interface Layer {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function sourceFile(): Uint8Array {
  const folder = dirname(createRequire(import.meta.url).resolve('@mediapipe/objectron/package.json'));
  return readFileSync(join(folder, OBJECTRON.file));
}

/** The trunk of the photo encoder (MobileNetV2) in values instead of frozen ONNX nodes: image [n, 3, 160, 160]. */
export const photoTrunk: Build = (batch) => {
  const model = readTflite(tfliteIn(sourceFile()));
  const image = input('image', [batch, 3, PHOTO_SIDE, PHOTO_SIDE]);
  const values = new Map<string, Value>([['image', image]]);
  const initial: Record<string, Tensor> = {};
  const layers: Layer[] = [];
  let macs = 0;
  const of = (name: string | undefined): Value => {
    const found = values.get(name ?? '');
    if (!found) throw new Error(`Expected a value ${name}`);
    return found;
  };
  const operators: Readonly<Record<string, (inputs: readonly string[], options: ConvOptions) => Value>> = {
    Conv([x, w, bias], { strides = [1, 1], pads = [0, 0, 0, 0], group = 1 }) {
      const y = conv(of(x), of(w), of(bias), { strides, pads, group });
      macs += sizeOf([...y.shape.slice(1), ...of(w).shape.slice(1)].map(Number));
      return y;
    },
    Clip: ([x]) => clip(of(x), { min: 0, max: 6 }),
    Add: ([x, y]) => add(of(x), of(y)),
  };
  const builder: Pick<OnnxBuilder, 'node' | 'floats' | 'scalar'> = {
    node(op, inputs, attributes = {}) {
      const [output, make] = [`${op}${layers.length}`, operators[op]];
      if (!make) throw new Error(`Expected an operator of the trunk, got ${op}`);
      values.set(output, make(inputs, attributes as ConvOptions));
      layers.push({ op, inputs, output, attributes });
      return output;
    },
    floats(name, shape, data) {
      initial[name] = { shape, data };
      values.set(name, input(name, shape));
      return name;
    },
    scalar: (value) => `scalar ${value}`,
  };
  const plane = { name: 'image', channels: 3, height: PHOTO_SIDE, width: PHOTO_SIDE };
  const [end] = trunk(builder as OnnxBuilder, model, plane, [LAST]);
  return {
    name: `photo trunk ${PHOTO_SIDE} px`,
    image,
    weights: Object.keys(initial).map((name) => of(name) as Value<'Input'>),
    initial,
    output: of(end?.name),
    description: { kind: 'layers', layers, output: end?.name },
    macs,
  };
};
