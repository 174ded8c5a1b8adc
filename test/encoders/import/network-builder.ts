import type { ImportKind } from '../../../src/encoders/import/options.ts';
import { encodeModel, newModel } from '../../../src/onnx/encode.ts';
import type { OnnxNode, OnnxValueInfo } from '../../../src/onnx/model.ts';
import { createRandom } from '../../../src/training/random.ts';
import { type Given, initializer, type NodeCase, nodeOf } from '../../graph/import/foreign-node.ts';

/** Small networks as exporters write them, with random weights. */
export interface ForeignNetwork {
  readonly kind: ImportKind;
  readonly bytes: Uint8Array;
  /** The tensor that the features come from, and their number. */
  readonly tap: string;
  readonly features: number;
}

/** Collects the nodes and the weights of a network. */
export class Builder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, Given>();
  readonly #random: ReturnType<typeof createRandom>;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: NodeCase['attributes'] = {},
    output?: string,
  ): string {
    const name = output ?? `${op}_${this.#nodes.length}`;
    this.#nodes.push(nodeOf(op, inputs, [name], attributes));
    return name;
  }

  /** An operator of several results. */
  several(op: string, inputs: readonly string[], outputs: readonly string[]): void {
    this.#nodes.push(nodeOf(op, inputs, outputs));
  }

  /** Random weights, so small that numbers keep their size. */
  weights(...shape: readonly number[]): string {
    const fan = shape.length > 1 ? shape.slice(1).reduce((a, b) => a * b, 1) : 4;
    const size = shape.reduce((a, b) => a * b, 1);
    return this.constant({
      shape,
      numbers: Array.from({ length: size }, () => Math.fround(this.#random.normal() / Math.sqrt(fan))),
    });
  }

  constant(given: Given): string {
    const name = `constant_${this.#constants.size}`;
    this.#constants.set(name, given);
    return name;
  }

  ints(...numbers: readonly number[]): string {
    return this.constant({ shape: [numbers.length], numbers, type: 'int64' });
  }

  int(number: number): string {
    return this.constant({ shape: [], numbers: [number], type: 'int64' });
  }

  scalar(number: number): string {
    return this.constant({ shape: [], numbers: [number] });
  }

  batchNorm(x: string, channels: number): string {
    const positive = {
      shape: [channels],
      numbers: Array.from({ length: channels }, () => 0.5 + this.#random.uniform()),
    };
    const [scale, mean] = [this.weights(channels), this.weights(channels)];
    return this.node('BatchNormalization', [x, scale, this.weights(channels), mean, this.constant(positive)]);
  }

  linear(x: string, from: number, to: number): string {
    return this.node('Add', [this.node('MatMul', [x, this.weights(from, to)]), this.weights(to)]);
  }

  gelu(x: string): string {
    const erf = this.node('Erf', [this.node('Div', [x, this.scalar(Math.SQRT2)])]);
    const sum = this.node('Add', [erf, this.scalar(1)]);
    return this.node('Mul', [this.node('Mul', [x, sum]), this.scalar(0.5)]);
  }

  /** One dimension of x, as traced networks read it. */
  dimension(x: string, axis: number): string {
    const dim = this.node('Gather', [this.node('Shape', [x]), this.int(axis)], { axis: 0 });
    return this.node('Unsqueeze', [dim, this.ints(0)]);
  }

  /** Self-attention of one head over [batch, tokens, size], with sizes read at run time. */
  attention(x: string, size: number, mask?: string): string {
    const heads = 2;
    const split = (y: string) => {
      const target = this.node(
        'Concat',
        [this.dimension(x, 0), this.dimension(x, 1), this.ints(heads, size / heads)],
        { axis: 0 },
      );
      return this.node('Transpose', [this.node('Reshape', [y, target])], { perm: [0, 2, 1, 3] });
    };
    const [q, k, v] = [0, 1, 2].map(() => split(this.linear(x, size, size)));
    const products = this.node('MatMul', [
      q ?? '',
      this.node('Transpose', [k ?? ''], { perm: [0, 1, 3, 2] }),
    ]);
    const scaled = this.node('Div', [products, this.scalar(Math.sqrt(size / heads))]);
    const shares = this.node('Softmax', [mask ? this.node('Add', [scaled, mask]) : scaled], { axis: -1 });
    const together = this.node('Transpose', [this.node('MatMul', [shares, v ?? ''])], { perm: [0, 2, 1, 3] });
    const target = this.node('Concat', [this.dimension(x, 0), this.dimension(x, 1), this.ints(size)], {
      axis: 0,
    });
    return this.linear(this.node('Reshape', [together, target]), size, size);
  }

  layerNorm(x: string, size: number): string {
    return this.node('LayerNormalization', [x, this.weights(size), this.weights(size)], { axis: -1 });
  }

  block(x: string, size: number, mask?: string): string {
    const attended = this.node('Add', [x, this.attention(this.layerNorm(x, size), size, mask)]);
    const inner = this.gelu(this.linear(this.layerNorm(attended, size), size, 2 * size));
    return this.node('Add', [attended, this.linear(inner, 2 * size, size)]);
  }

  finish(inputs: readonly OnnxValueInfo[], outputs: readonly OnnxValueInfo[], opset: number): Uint8Array {
    return encodeModel({
      ...newModel({
        name: 'network',
        nodes: this.#nodes,
        initializers: [...this.#constants].map(([name, given]) => initializer(name, given)),
        inputs,
        outputs,
        sparseInitializers: 0,
      }),
      opsets: [{ domain: '', version: opset }],
    });
  }
}
