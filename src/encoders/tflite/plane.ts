/** A picture-like value of the ONNX graph: [B, channels, height, width]. */
export interface Plane {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export const SAME_PADDING = 0;

/** Padding and output length along one side. `SAME`: ⌈length / stride⌉, with the odd pixel of padding at the end. */
export function along(length: number, kernel: number, stride: number, isSame: boolean) {
  if (!isSame) return { before: 0, after: 0, length: Math.floor((length - kernel) / stride) + 1 };
  const out = Math.ceil(length / stride);
  const padding = Math.max(0, (out - 1) * stride + kernel - length);
  const before = Math.floor(padding / 2);
  return { before, after: padding - before, length: out };
}
