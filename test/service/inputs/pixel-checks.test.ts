import { describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../src/service/inputs/input-spec.ts';
import { decodeNested, decodeTensor } from '../../../src/service/inputs/numbers/numbers.ts';

const specOf = (invert: boolean, ink?: 'normalise'): InputSpec => ({
  reads: 'image',
  shape: [1, 4, 4],
  preprocessing: {
    kind: 'image',
    width: 4,
    height: 4,
    channels: 1,
    resize: 'lanczos3',
    invert,
    ...(ink && { ink }),
  },
});
const inkPackage = specOf(true, 'normalise');

/** A dot of ink 1 on a ground of 0, in the middle or at the border. */
const dot = (at: number) => Float32Array.from({ length: 16 }, (_, i) => (i === at ? 1 : 0));
const bytesOf = (pixels: Float32Array) => Uint8Array.from(pixels, (value) => value * 255);
const paperOf = (pixels: Float32Array) => pixels.map((value) => 1 - value);
const uint8 = (spec: InputSpec, ...rows: Uint8Array[]) =>
  decodeTensor({ type: 'uint8', shape: [rows.length, 1, 4, 4], values: Buffer.concat(rows) }, spec).data;

describe('uint8 drawings', () => {
  it.each([0, 5, 15])('show ink as 1, whether paper is 0 or 255 (ink at pixel %i)', (at) => {
    expect(uint8(inkPackage, bytesOf(dot(at)))).toEqual(dot(at));
    expect(uint8(inkPackage, bytesOf(paperOf(dot(at))))).toEqual(dot(at));
  });

  it('show ink as 0 to a package that does not invert pictures', () => {
    const spec = specOf(false, 'normalise');
    expect(uint8(spec, bytesOf(dot(5)))).toEqual(paperOf(dot(5)));
    expect(uint8(spec, bytesOf(paperOf(dot(5))))).toEqual(paperOf(dot(5)));
  });

  it('are judged one by one in a batch', () => {
    const both = uint8(inkPackage, bytesOf(dot(5)), bytesOf(paperOf(dot(6))));
    expect([...both]).toEqual([...dot(5), ...dot(6)]);
  });

  it('keep their polarity for packages that do not prepare ink', () => {
    expect(uint8(specOf(true), bytesOf(paperOf(dot(5))))).toEqual(paperOf(dot(5)));
  });
});

describe('float drawings', () => {
  const values = paperOf(dot(5));

  it('keep the polarity of the caller', () => {
    expect(decodeTensor({ type: 'float32', shape: [1, 4, 4], values: [...values] }, inkPackage).data).toEqual(
      values,
    );
  });
});

describe('a picture of one colour', () => {
  const flat = (value: number) => Array.from({ length: 16 }, () => value);
  const oneColour = (pointer: string, got: string) =>
    expect.objectContaining({ code: 'invalid_input', details: expect.objectContaining({ pointer, got }) });

  it.each([0, 0.5, 1])('is refused by packages that prepare ink (%d)', (value) => {
    const nested = [
      [flat(value).slice(0, 4), flat(value).slice(4, 8), flat(value).slice(8, 12), flat(value).slice(12)],
    ];
    expect(() => decodeNested(nested, inkPackage)).toThrow(oneColour('', 'a picture of one colour'));
    expect(() =>
      decodeTensor({ type: 'float64', shape: [1, 4, 4], values: flat(value) }, inkPackage),
    ).toThrow(oneColour('/data', 'a picture of one colour'));
  });

  it('is refused as uint8, and its row in a batch is named', () => {
    const blank = () => uint8(inkPackage, bytesOf(dot(5)), Uint8Array.from(flat(255)));
    expect(blank).toThrow(oneColour('/data', 'a picture of one colour (row 1)'));
  });

  it('is taken by packages of other pictures', () => {
    expect(decodeTensor({ type: 'float32', shape: [1, 4, 4], values: flat(0) }, specOf(true)).data).toEqual(
      Float32Array.from(flat(0)),
    );
  });
});
