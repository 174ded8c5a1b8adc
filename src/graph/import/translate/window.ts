import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';

/** The geometry of a convolution or pooling. */
export interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly pads: readonly number[];
}

const AUTO_PADS: ReadonlySet<string> = new Set(['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']);

/** @throws Unreadable for three spatial axes and more */
export function windowOf(node: OperatorNode, kernel: readonly number[], size: readonly number[]): Window {
  const axes = size.length;
  if (axes < 1 || axes > 2) throw new Unreadable(`${node.label}: expected 1 or 2 spatial axes, got ${axes}`);
  const list = (name: string, absent: number, length: number, least: number) => {
    const given = node.ints(name) ?? Array<number>(length).fill(absent);
    if (given.length !== length || given.some((each) => !(each >= least)))
      throw refuse(`${length} ${name} of ${node.label} from ${least}`, `[${given}]`);
    return given;
  };
  if (kernel.length !== axes || kernel.some((each) => !(each >= 1)))
    throw refuse(`a kernel of ${axes} axes for ${node.label}`, `[${kernel}]`);
  const stated = node.ints('kernel_shape') ?? kernel;
  if (`${stated}` !== `${kernel}`)
    throw refuse(`kernel_shape of ${node.label} to be [${kernel}]`, `[${stated}]`);
  const strides = list('strides', 1, axes, 1);
  const dilations = list('dilations', 1, axes, 1);
  const auto = node.text('auto_pad', 'NOTSET');
  if (!AUTO_PADS.has(auto)) throw refuse(`auto_pad of ${node.label} to be known`, auto);
  const pads = list('pads', 0, 2 * axes, -(2 ** 20));
  if (auto === 'NOTSET') return { strides, dilations, pads };
  if (pads.some((each) => each !== 0))
    throw new Unreadable(`${node.label}: expected pads or auto_pad, got both`);
  if (auto === 'VALID') return { strides, dilations, pads };
  const total = size.map((dim, i) => {
    const [stride = 1, span = 1] = [strides[i], (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1];
    return Math.max(0, (Math.ceil(dim / stride) - 1) * stride + span - dim);
  });
  const half = total.map((each) => Math.floor(each / 2));
  const rest = total.map((each, i) => each - (half[i] ?? 0));
  // The odd one is at the end for SAME_UPPER.
  return { strides, dilations, pads: auto === 'SAME_LOWER' ? [...rest, ...half] : [...half, ...rest] };
}
