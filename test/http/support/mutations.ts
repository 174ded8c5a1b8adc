import fc from 'fast-check';
import { anyText } from '../../support/texts.ts';

type Fault = (from: Buffer) => Buffer;

/** Bytes with a few faults: cut, with bytes changed, added, doubled or taken out. */
export function damaged(good: Uint8Array): fc.Arbitrary<Buffer> {
  const place = fc.nat(good.length);
  const faults = fc.oneof(
    place.map(
      (at): Fault =>
        (from) =>
          from.subarray(0, at),
    ),
    fc.tuple(place, fc.nat(255)).map(([at, value]): Fault => changed(at, value)),
    fc.tuple(place, fc.uint8Array({ maxLength: 9 })).map(([at, more]): Fault => {
      return (from) => Buffer.concat([from.subarray(0, at), more, from.subarray(at)]);
    }),
    fc.tuple(place, place).map(([a, b]): Fault => {
      return (from) => Buffer.concat([from.subarray(0, Math.max(a, b)), from.subarray(Math.min(a, b))]);
    }),
    fc.tuple(place, fc.nat(20)).map(([at, size]): Fault => {
      return (from) => Buffer.concat([from.subarray(0, at), from.subarray(at + size)]);
    }),
  );
  return fc
    .array(faults, { minLength: 1, maxLength: 3 })
    .map((all) => all.reduce<Buffer>((to, fault) => fault(to), Buffer.from(good)));
}

function changed(at: number, value: number): Fault {
  return (from) => {
    const to = Buffer.from(from);
    if (at < to.length) to[at] = value;
    return to;
  };
}

/** Mostly `good`, sometimes damaged. */
export function mostly(good: Uint8Array | string): fc.Arbitrary<Buffer> {
  const bytes = typeof good === 'string' ? Buffer.from(good) : Buffer.from(good);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<Buffer>(bytes) },
    { weight: 1, arbitrary: damaged(bytes) },
  );
}

/** Texts that programs confuse: empty, with control characters, quotes, slashes, names of members, half characters. */
export const oddTexts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '"',
    "'",
    '\r\n',
    '../x',
    '/',
    'a/b',
    '__proto__',
    'constructor',
    '=1+1',
    '\ufeff',
    '\ud800',
    'NaN',
    '1e999',
    'x'.repeat(2000),
  ),
  anyText({ maxLength: 12 }),
);
