/**
 * Writes `src/encoders/text/idf.ts`: how rare each bucket of the hashed n-grams is.
 *
 *     node --import tsx bench/encoders/fit-idf.ts folder/clinc150.tsv folder/stackoverflow20.tsv …
 *
 * Each file has a label, a tab and a text on each line; labels are not read. All files weigh the same, whatever their
 * length. The committed table is made of clinc150, stackoverflow20, biomedical20, newsgroups20, tweet_emoji and
 * udhr_lang (the Declaration of Human Rights in 200 languages).
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countNgrams } from '../../src/adapters/text/ngrams.ts';
import { IDF_STEP, NGRAMS } from '../../src/encoders/text/ngram-settings.ts';

/** A bucket that no text has counts as if one text of this many had it. */
const TEXTS = 4000;
const LINE = 100;

const shares = process.argv.slice(2).map(shareOfTexts);
const idf = Array.from({ length: NGRAMS.buckets }, (_, bucket) => {
  const share = shares.reduce((sum, each) => sum + (each[bucket] ?? 0), 0) / shares.length;
  return Math.log(1 / (share + 1 / TEXTS));
});
const steps = Uint8Array.from(idf, (each) => Math.max(1, Math.round(each / IDF_STEP)));
const lines =
  Buffer.from(steps)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
writeFileSync(
  join(import.meta.dirname, '../../src/encoders/text/idf.ts'),
  [
    '/** Inverse document frequency of each bucket, in steps of `IDF_STEP`. Written by `bench/encoders/fit-idf.ts`. */',
    'export const idfSteps = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n'),
);

/** The share of a file's texts that have each bucket. */
function shareOfTexts(file: string): Float64Array {
  const texts = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const share = new Float64Array(NGRAMS.buckets);
  for (const line of texts)
    countNgrams(line.slice(line.indexOf('\t') + 1), NGRAMS).forEach((count, bucket) => {
      if (count > 0) share[bucket] = (share[bucket] ?? 0) + 1 / texts.length;
    });
  return share;
}
