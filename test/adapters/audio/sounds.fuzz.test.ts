import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSound } from '../../../src/adapters/audio/read-sound.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { fuzz } from '../../support/fuzz.ts';

const MAX_SECONDS = 5;

/** What happens to a file: bytes are replaced, the end or the middle is missing, noise is inserted. */
type Edit =
  | { readonly kind: 'replace'; readonly at: number; readonly by: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

/** Positions lie in the header as often as in the rest. */
const place = (size: number) => fc.oneof(fc.nat(Math.min(200, size - 1)), fc.nat(size - 1));
const editOf = (size: number): fc.Arbitrary<Edit> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('replace' as const),
      at: place(size),
      by: fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255)),
    }),
    fc.record({ kind: fc.constant('cut' as const), at: place(size), length: fc.nat(size) }),
    fc.record({
      kind: fc.constant('insert' as const),
      at: place(size),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    }),
  );

const edited = (file: Buffer, edits: readonly Edit[]): Buffer =>
  edits.reduce((bytes, edit) => {
    const [before, after] = [bytes.subarray(0, edit.at), bytes.subarray(edit.at)];
    if (edit.kind === 'replace') return Buffer.concat([before, Buffer.of(edit.by), after.subarray(1)]);
    if (edit.kind === 'cut') return Buffer.concat([before, after.subarray(edit.length)]);
    return Buffer.concat([before, edit.bytes, after]);
  }, file);

describe('sounds that are damaged', () => {
  it.each([
    ['yes/1.wav', 400],
    ['stop/6.flac', 150],
    ['no/6.ogg', 60],
    ['yes/6.mp3', 150],
  ])('are read or refused, in little time and memory: %s', async (name, runs) => {
    const file = await readFile(`test/fixtures/words/${name}`);
    let [read, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(editOf(file.length), { maxLength: 6 }), async (edits) => {
        const started = performance.now();
        try {
          const samples = await readSound(edited(file, edits), MAX_SECONDS, async () => {});
          expect(samples.length).toBeLessThanOrEqual(MAX_SECONDS * 16_000);
          read += 1;
        } catch (error) {
          if (!(error instanceof InnerloopError)) throw error;
          expect(error.code).toBe('invalid_audio');
          expect(error.details).toMatchObject({ expected: expect.any(String), got: expect.any(String) });
          refused += 1;
        }
        expect(performance.now() - started).toBeLessThan(5000);
      }),
      fuzz(runs),
    );
    // Both happen: files without an edit are read, and not every edit is harmless.
    expect(Math.min(read, refused)).toBeGreaterThan(2);
    expect(process.memoryUsage().rss).toBeLessThan(1.5 * 2 ** 30);
  });
});
