import type { OnnxModel } from '../../onnx/model.ts';
import { createOnnxBuilder } from '../onnx-builder.ts';
import type { TfliteModel } from '../tflite/read-tflite.ts';
import { trunk } from '../tflite/trunk.ts';

/** Where features are read from a trunk. */
export interface PhotoLayers {
  /** Width and height of the pictures in pixels. */
  readonly side: number;
  /** Numbers of the operators whose outputs are read. Early ones know textures, late ones objects. */
  readonly taps: readonly number[];
}

/**
 * A trunk as an encoder: each tap averaged over space, divided by its length, and all joined.
 *
 *     image [B, 3, side, side], each value −1…1 → features [B, d]
 *
 * d is the sum of the channels of the taps.
 */
export function photoEncoder(
  model: TfliteModel,
  { side, taps }: PhotoLayers,
): { readonly program: OnnxModel; readonly features: number } {
  const b = createOnnxBuilder('embed');
  const image = { name: b.input('image', ['B', 3, side, side]), channels: 3, height: side, width: side };
  const planes = trunk(b, model, image, taps);
  const parts = planes.map((tap) => {
    const mean = b.node('ReduceMean', [tap.name, b.ints(2, 3)], { keepdims: 0 });
    const length = b.node('ReduceL2', [mean, b.ints(1)], { keepdims: 1 });
    return b.node('Div', [mean, b.node('Max', [length, b.scalar(1e-12)])]);
  });
  const features = planes.reduce((sum, { channels }) => sum + channels, 0);
  const joined = b.node('Concat', parts, { axis: 1 });
  return { program: b.finish(joined, 'features', ['B', features]), features };
}
