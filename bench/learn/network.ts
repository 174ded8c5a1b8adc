import type { Value } from '../../src/graph/value.ts';
import type { Tensors } from '../../src/tensor.ts';

/** A network whose weights are all learned. */
export interface Network {
  readonly name: string;
  readonly image: Value<'Input'>;
  readonly weights: readonly Value<'Input'>[];
  readonly initial: Tensors;
  readonly output: Value;
  /** What `learn_peer.py` needs to build the same network. */
  readonly description: unknown;
  /** Multiply-adds of convolutions and products for one image. */
  readonly macs: number;
}

/** Builds a network for a number of images. */
export type Build = (batch: number) => Network;

/**
 * Floating-point operations of the gradient to all weights: forward, weight gradient and input gradient, counting a
 * multiply-add as two. The input gradient of the first layer counts too, although neither side computes it.
 */
export const learningFlops = ({ macs }: Network, images: number): number => 6 * macs * images;
