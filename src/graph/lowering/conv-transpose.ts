import { type Dim, sameShape } from '../../onnx/dim.ts';
import { concat, gather, gemm, pad, reshape, slice } from '../ops/index.ts';
import { inputOf, type Value } from '../value.ts';
import { channelsFirst, channelsLast, grid, packKernel, pixelRows } from './im2col.ts';

/**
 * The kernel taps that contribute to the output pixels of one residue modulo the stride. `shift` is the offset of the
 * input pixel that a tap reads.
 */
type Phase = readonly { readonly tap: number; readonly shift: number }[];

/**
 * The input gradient of a convolution as products over the whole batch (sub-pixel decomposition). All output pixels
 * with the same residue modulo the stride get contributions from the same taps. Each such plane is therefore a sum over
 * taps: the shifted cotangent times the matrix of that tap, [n·p, o] · [o, c]. The planes are then interleaved.
 *
 * At 64 channels and stride 2 it takes 0.8 of the time of the runtime's own operator from 14×14 to 7×7, and less on
 * smaller planes.
 */
export function lowerConvTranspose(node: Value<'ConvTranspose'>): Value {
  const { strides, pads, dilations, group } = node.attributes;
  const [y, w] = [inputOf(node, 0), inputOf(node, 1)];
  const [batch, , ph, pw] = y.shape as readonly [Dim, number, number, number];
  const [, channels, kh, kw] = w.shape as readonly number[] as readonly [number, number, number, number];
  const [height, width] = node.shape.slice(2) as readonly number[] as readonly [number, number];
  const rowPhases = phasesOf(kh, strides[0] ?? 1, pads[0] ?? 0);
  const columnPhases = phasesOf(kw, strides[1] ?? 1, pads[1] ?? 0);
  const unreached = [...rowPhases, ...columnPhases].some((taps) => taps.length === 0);
  if (group > 1 || unreached || dilations.some((each) => each > 1)) return node;

  const [high, wide] = [Math.ceil(height / rowPhases.length), Math.ceil(width / columnPhases.length)];
  const [top, bottom] = reach(rowPhases, high, ph);
  const [left, right] = reach(columnPhases, wide, pw);
  const dy = pad(channelsLast(y), [0, top, left, 0, 0, bottom, right, 0]);
  const kernel = packKernel(w);
  const shifted = (row: number, column: number): Value => {
    if (sameShape(dy.shape.slice(1, 3), [high, wide])) return pixelRows(dy);
    return pixelRows(
      slice(dy, [
        { axis: 1, start: top + row, end: top + row + high },
        { axis: 2, start: left + column, end: left + column + wide },
      ]),
    );
  };
  const plane = (row: Phase, column: Phase): Value => {
    const sum = row
      .flatMap((i) => column.map((j) => [i, j] as const))
      .reduce<Value | undefined>((plus, [i, j]) => {
        const start = (i.tap * kw + j.tap) * channels;
        const tap = slice(kernel, [{ axis: 1, start, end: start + channels }]);
        return gemm(shifted(i.shift, j.shift), tap, { plus });
      }, undefined) as Value;
    return reshape(sum, [batch, high * wide, channels]);
  };
  const planes = concat(
    rowPhases.flatMap((row) => columnPhases.map((column) => plane(row, column))),
    1,
  );
  if (rowPhases.length * columnPhases.length === 1)
    return channelsFirst(reshape(planes, [batch, height, width, channels]));
  // The residues of (r, q) modulo the strides select the plane; the quotients are the position in it.
  const [sh, sw] = [rowPhases.length, columnPhases.length];
  const places = grid(height, width).map(([r, q]) => {
    const index = (r % sh) * sw + (q % sw);
    return (index * high + Math.floor(r / sh)) * wide + Math.floor(q / sw);
  });
  return channelsFirst(reshape(gather(planes, places, 1), [batch, height, width, channels]));
}

/**
 * Tap t writes from pixel p of dy to output pixel s·p + t − pad (stride s). Output pixel s·m + a therefore gets tap t
 * from p = m + (a + pad − t)/s, if this is a whole number.
 */
function phasesOf(kernel: number, stride: number, before: number): readonly Phase[] {
  return Array.from({ length: stride }, (_, a) =>
    Array.from({ length: kernel }, (_, tap) => ({ tap, shift: (a + before - tap) / stride })).filter(
      ({ shift }) => Number.isInteger(shift),
    ),
  );
}

/** Number of pixels read before and after a plane of `size`. */
function reach(phases: readonly Phase[], length: number, size: number): readonly [number, number] {
  const shifts = phases.flat().map(({ shift }) => shift);
  return [Math.max(0, -Math.min(...shifts)), Math.max(0, length + Math.max(...shifts) - size)];
}
