import { THETA } from '../../algorithms/programs.ts';
import type { ParameterSpecs } from '../../nn/parameters.ts';
import { decodeModel, tensorOf } from '../../onnx/decode.ts';
import type { Package } from '../../package/manifest.ts';
import { sizeOf, type Tensors } from '../../tensor.ts';
import type { Random } from '../random.ts';

/** The initial weights that the specifications describe. */
export function startWeights(specs: ParameterSpecs, random: Random): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, start }]) => {
      if ('values' in start) return [name, { shape, data: start.values.slice() }];
      const data = new Float32Array(sizeOf(shape));
      const stream = random.fork(name);
      for (let i = 0; i < data.length; i++)
        data[i] = 'normal' in start ? start.normal * stream.normal() : start.constant;
      return [name, { shape, data }];
    }),
  );
}

/** Zeros in the shapes that the specifications describe. */
export function zeroWeights(specs: ParameterSpecs): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)) },
    ]),
  );
}

/** The meta-parameters that the programs of a package hold as constants, by name. */
export function metaParameters({ programs }: Package): Tensors {
  const initializers = Object.values(programs).flatMap((bytes) => decodeModel(bytes).initializers);
  return Object.fromEntries(
    initializers
      .filter(({ name }) => name.startsWith(THETA))
      .map((each) => [each.name.slice(THETA.length), tensorOf(each)]),
  );
}

/** Weights that training starts from, and a note for the user if only some of them come from the warm start. */
export interface FirstWeights {
  readonly weights: Tensors;
  readonly note: string | null;
}

/**
 * `weights`, in which each weight is replaced by the weight of `found` with the same name and shape. Null if there is
 * no such weight.
 */
export function withWarmStart(weights: Tensors, found: Tensors): FirstWeights | null {
  const names = Object.keys(weights);
  const agrees = (name: string) => `${found[name]?.shape}` === `${weights[name]?.shape}`;
  const missing = names.filter((name) => found[name] === undefined || !agrees(name));
  if (missing.length === names.length) return null;
  const taken = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [
      name,
      missing.includes(name) ? weight : (found[name] ?? weight),
    ]),
  );
  const count = names.length - missing.length;
  const note =
    missing.length === 0
      ? null
      : `The warm start has ${count} of ${names.length} weights; these are newly initialised: ${missing.join(', ')}`;
  return { weights: taken, note };
}
