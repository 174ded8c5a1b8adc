import fc from 'fast-check';

const codePoint = fc.integer({ min: 0, max: 0x10ffff }).filter((each) => each < 0xd800 || each > 0xdfff);

/**
 * Texts of any code points, and the texts that `fc.string` knows to be dangerous. `fc.string({ unit: 'binary' })` would
 * first list all code points, for a second.
 */
export function anyText(constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  const ofCodePoints = fc.array(codePoint, constraints).map((points) => String.fromCodePoint(...points));
  return fc.oneof(fc.string(constraints), ofCodePoints);
}
