/** IEEE 754 half precision: 16 bits → number. It looks the number up, because encoders have millions of them. */
export function float16(bits: number): number {
  numbers ??= Float32Array.from({ length: 2 ** 16 }, (_, each) => decoded(each));
  return numbers[bits] as number;
}

let numbers: Float32Array | undefined;

function decoded(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
