import { gradient } from '../../src/autodiff/gradient.ts';
import { modelOf } from '../../src/graph/export/encode.ts';
import { importGraph } from '../../src/graph/import/import-graph.ts';
import { input } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { Package } from '../../src/package/manifest.ts';
import type { Tensor } from '../../src/tensor.ts';

/** The most bytes of constants of a `predict` program. */
const MAX_BYTES = 2 ** 28;

/** A program `loss` and `gradient` [B, …input] of inputs x [B, …input], the state and y [B, ways], as ONNX: the gradient is that of `predict`. */
export function inputGradient({ manifest, programs }: Package, batch: number, ways: number): Uint8Array {
  const x = input('x', [batch, ...manifest.input.shape.map(Number)]);
  const y = input('y', [batch, ways]);
  const state = manifest.state.map(({ name, shape }) =>
    input(
      name,
      shape.map((dim) => (dim === 'ways' ? ways : Number(dim))),
    ),
  );
  const inputs = [x, ...state];
  const model = decodeModel(programs.predict);
  const given = Object.fromEntries(inputs.map((each) => [each.attributes.name, each]));
  const [name = ''] = model.outputs.map((each) => each.name);
  const logits = importGraph(model, { inputs: given, maxBytes: MAX_BYTES }).tensors.get(name) as Value;
  const loss = crossEntropy(logits, y);
  const [dx] = gradient(loss, [x]);
  return encodeModel(modelOf(program('fgsm', [...inputs, y], { loss, gradient: dx as Value })));
}

/**
 * x + ε sign(∂loss/∂x), within `range` if there is one.
 * @see Goodfellow, Shlens & Szegedy, ICLR 2015, https://arxiv.org/abs/1412.6572, §4 (fast gradient sign method)
 */
export function perturbed(
  x: Tensor,
  gradientOfLoss: Tensor,
  epsilon: number,
  range?: readonly [low: number, high: number],
): Tensor {
  const [low, high] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const moved = (each: number, i: number) =>
    Math.min(high, Math.max(low, each + epsilon * Math.sign(gradientOfLoss.data[i] as number)));
  return { shape: x.shape, data: Float32Array.from(x.data, moved) };
}
