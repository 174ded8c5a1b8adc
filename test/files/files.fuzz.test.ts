import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InnerloopError } from '../../src/errors.ts';
import { readCsv } from '../../src/files/csv.ts';
import { csvOf } from '../../src/files/csv-writer.ts';
import { readNdjson } from '../../src/files/ndjson.ts';
import { filesOfZip } from '../../src/files/zip.ts';
import { zip } from '../support/files/zip-writer.ts';
import { fuzz } from '../support/fuzz.ts';

/** Runs, or fails with an error for the caller. */
async function answers(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
  }
}

/** Bytes that resemble a file: some of its bytes replaced, and its end cut off. */
const damaged = (file: Uint8Array) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.integer({ min: 0, max: file.length }),
    )
    .map(([changes, end]) => {
      const bytes = Uint8Array.from(file);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes.subarray(0, end);
    });

const ARCHIVE = zip({ 'a/1.txt': Buffer.from('one'), 'b/2.txt': Buffer.from('two two two') });
const csvText = fc.string({
  unit: fc.constantFrom('a', '1', ',', ';', '"', '\n', '\r', '\t', ' ', "'", '=', 'é'),
});

describe('readers of files', () => {
  it('answer any bytes or refuse them', async () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      csvText.map((text) => Buffer.from(text)),
      damaged(ARCHIVE),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        await answers(() => readCsv(bytes));
        await answers(() => readNdjson(bytes));
        await answers(async () => {
          for (const file of await filesOfZip(bytes)) await file.read();
        });
      }),
      fuzz(2000),
    );
  });

  it('read back what was written', async () => {
    const cell = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((each) => each.trim() === each && !/^['\ufeff]|\0/.test(each));
    const table = fc
      .tuple(fc.uniqueArray(cell, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 4 }))
      .chain(([columns, rows]) =>
        fc.tuple(
          fc.constant(columns),
          fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), {
            minLength: rows,
            maxLength: rows,
          }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(table, async ([columns, rows]) => {
        const read = await readCsv(Buffer.from(csvOf(columns, rows)));
        expect(read.columns).toEqual(columns);
        expect(read.rows.map((row) => row.cells)).toEqual(rows);
      }),
      fuzz(500),
    );
  });
});
