import { type Static, Type } from 'typebox';
import { type Tensor, tensor } from '../../tensor.ts';
import type { Random } from '../random.ts';
import type { Episode, Examples } from './dataset.ts';

const Amount = Type.Number({ minimum: 0 });

/** Limits of the random changes to a training image. For every image, each amount is drawn uniformly from −limit to +limit. */
export const Augmentation = Type.Object(
  {
    /** Degrees. */
    rotate: Amount,
    /** Pixels, along each axis. */
    shift: Amount,
    /** Fraction of the size along each axis: 0.1 means a scale from 0.9 to 1.1. */
    scale: Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
    /** Pixels sideways per pixel down. */
    shear: Amount,
  },
  { additionalProperties: false },
);
export type Augmentation = Static<typeof Augmentation>;

/** The episode with a random affine map applied to every image. For training only, never for evaluation. */
export function augment(episode: Episode, how: Augmentation, random: Random): Episode {
  const moved = ({ x, y }: Examples): Examples => ({ x: moveImages(x, how, random), y });
  return { support: moved(episode.support), query: moved(episode.query) };
}

/**
 * Transforms each image of [n, c, h, w] by its own affine map about its centre. Output pixel q is the bilinear
 * interpolation of the input at A q + t; outside the image the input is 0.
 */
function moveImages(x: Tensor, how: Augmentation, random: Random): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const [plane, out] = [height * width, new Float32Array(x.data.length)];
  for (let i = 0; i < n; i++) {
    const map = drawMap(how, random);
    for (let c = 0; c < channels; c++) {
      const start = (i * channels + c) * plane;
      movePlane(
        x.data.subarray(start, start + plane),
        out.subarray(start, start + plane),
        height,
        width,
        map,
      );
    }
  }
  return tensor(x.shape, out);
}

/** Rows of A, then t: output (x, y) reads input (a x + b y + tx, c x + d y + ty). */
interface AffineMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly tx: number;
  readonly ty: number;
}

function drawMap({ rotate, shift, scale, shear }: Augmentation, random: Random): AffineMap {
  const within = (amount: number) => amount * (2 * random.uniform() - 1);
  const angle = (within(rotate) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [sx, sy, slant] = [1 + within(scale), 1 + within(scale), within(shear)];
  return {
    a: cos * sx,
    b: (cos * slant - sin) * sy,
    c: sin * sx,
    d: (sin * slant + cos) * sy,
    tx: within(shift),
    ty: within(shift),
  };
}

function movePlane(from: Float32Array, to: Float32Array, height: number, width: number, map: AffineMap) {
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const at = (row: number, column: number) =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : (from[row * width + column] as number);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [u, v] = [column - cx, row - cy];
      const px = map.a * u + map.b * v + map.tx + cx;
      const py = map.c * u + map.d * v + map.ty + cy;
      const [left, top] = [Math.floor(px), Math.floor(py)];
      const [fx, fy] = [px - left, py - top];
      to[row * width + column] =
        (1 - fy) * ((1 - fx) * at(top, left) + fx * at(top, left + 1)) +
        fy * ((1 - fx) * at(top + 1, left) + fx * at(top + 1, left + 1));
    }
  }
}
