import { THETA } from '../../algorithms/programs.ts';
import type { ParameterSpecs } from '../../nn/parameters.ts';
import { decodeModel, tensorOf } from '../../onnx/decode.ts';
import type { Package } from '../../package/manifest.ts';
import { sizeOf, type Tensors } from '../../tensor.ts';
import type { Random } from '../random.ts';

/** Weights as their specifications say they start. */
export function startWeights(specs: ParameterSpecs, random: Random): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, start }]) => {
      const data = new Float32Array(sizeOf(shape));
      const stream = random.fork(name);
      for (let i = 0; i < data.length; i++)
        data[i] = 'normal' in start ? start.normal * stream.normal() : start.constant;
      return [name, { shape, data }];
    }),
  );
}

/** The meta-parameters that a package's programs hold as constants, by name. */
export function metaParameters({ programs }: Package): Tensors {
  const initializers = Object.values(programs).flatMap((bytes) => decodeModel(bytes).initializers);
  return Object.fromEntries(
    initializers
      .filter(({ name }) => name.startsWith(THETA))
      .map((each) => [each.name.slice(THETA.length), tensorOf(each)]),
  );
}

/** `weights` with those of `found` that agree in name and shape put in their place. */
export function warmStarted(weights: Tensors, found: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => {
      const other = found[name];
      return [name, other && `${other.shape}` === `${weight.shape}` ? other : weight];
    }),
  );
}
