import { describe, expect, it } from 'vitest';
import { countNgrams } from '../../../src/adapters/text/ngrams.ts';
import { idfSteps } from '../../../src/encoders/text/idf.ts';
import { NGRAMS } from '../../../src/encoders/text/ngram-settings.ts';
import { intents } from '../../fixtures/text/intents.ts';

const idf = Buffer.from(idfSteps, 'base64');

/** The n-grams' half of the features, as `text-encoder.ts` weighs it. */
function featuresOf(text: string): Float32Array {
  return normalised(countNgrams(text, NGRAMS).map((count, bucket) => Math.log1p(count) * (idf[bucket] ?? 0)));
}

function normalised(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((each) => each / length);
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, each, i) => sum + each * (b[i] ?? 0), 0);

/** Share of the sentences whose nearest prototype is their intent's: three of each are examples, then the other three. */
function accuracy(classes: readonly (readonly string[])[]): number {
  const features = classes.map((sentences) => sentences.map(featuresOf));
  const outcomes = [0, 1].flatMap((half) => {
    const isExample = (i: number) => i % 2 === half;
    const prototypes = features.map((all) => {
      const examples = all.filter((_, i) => isExample(i));
      return normalised(
        new Float32Array(NGRAMS.buckets).map((_, k) =>
          examples.reduce((sum, each) => sum + (each[k] ?? 0), 0),
        ),
      );
    });
    return features.flatMap((all, label) =>
      all
        .filter((_, i) => !isExample(i))
        .map((each) => {
          const scores = prototypes.map((prototype) => dot(prototype, each));
          return scores.indexOf(Math.max(...scores)) === label;
        }),
    );
  });
  return outcomes.filter(Boolean).length / outcomes.length;
}

/** Of five intents, chance finds 20 %. */
describe('texts in scripts that the sentence encoder does not read', () => {
  it.each(Object.keys(intents))(
    'three examples of each intent are enough for most sentences in %s',
    (language) => {
      expect(accuracy(intents[language] ?? [])).toBeGreaterThan(0.6);
    },
  );
});
