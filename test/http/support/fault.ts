import { curve, dataUrl, glyph, points } from './bodies.ts';

export const json = { 'content-type': 'application/json' };

/** A bad body, and the problem that it must get as the answer. */
export interface Fault {
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
  readonly expected?: RegExp;
  readonly got?: RegExp;
}

export const example = (input: unknown) => ({ label: 'up', input });
export const withExample = (input: unknown) => ({ ...points, support: [...points.support, example(input)] });
export const withTarget = (target: unknown) => ({ ...curve, support: [{ input: [0], target }] });
export const image = (url: string) => ({
  model: 'tiny-glyph-prototypes',
  support: [
    { label: 'a', input: dataUrl(glyph('gate', 1)) },
    { label: 'b', input: url },
  ],
});
export const packed = (values: number[], shape = [values.length]) => ({
  shape,
  dtype: 'float32',
  data: Buffer.from(Float32Array.from(values).buffer).toString('base64'),
});
export const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    label: i.toString(36),
    input: [0, 0],
  }));
export const bad = (rest: Partial<Fault> & { body: unknown }): Fault => ({
  status: 400,
  code: 'invalid_request',
  ...rest,
});
export const input = (body: unknown, pointer: string, expected: RegExp, got: RegExp): Fault =>
  bad({ body, code: 'invalid_input', pointer, expected, got });
