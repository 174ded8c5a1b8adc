import type { OnnxModel } from '../../onnx/model.ts';
import { createOnnxBuilder, type OnnxBuilder } from '../onnx-builder.ts';
import type { Weight } from '../tfjs/weights.ts';
import { idfSteps } from './idf.ts';
import { IDF_STEP, NGRAMS } from './ngram-settings.ts';
import { SENTENCE_FEATURES, sentenceEncoder } from './sentence-encoder.ts';

export const TEXT_FEATURES = SENTENCE_FEATURES + NGRAMS.buckets;

/**
 * A sentence encoder beside hashed n-grams. The encoder has learnt synonyms; n-grams distinguish names and rare words. Together
 * they are better than each alone.
 *
 *     ids [B, T], mask [B, T], ngrams [B, 4096] → features [B, 512 + 4096]
 *
 * Each half has length 1, so that both count equally in a cosine. With cosine prototypes, the best length of the n-grams is 0.7
 * for intents (CLINC150), and 1.4 for titles with many names (StackOverflow, biomedical). A length of 1 loses less than a point
 * on each. A text whose mask is 0 everywhere has n-grams only.
 */
export function textEncoder(weight: (name: string) => Weight): OnnxModel {
  const b = createOnnxBuilder('embed');
  const [ids, mask] = [b.input('ids', ['B', 'T']), b.input('mask', ['B', 'T'])];
  const counts = b.input('ngrams', ['B', NGRAMS.buckets]);
  const hasTokens = b.node('ReduceMax', [mask, b.ints(1)], { keepdims: 1 });
  const sentence = b.node('Mul', [sentenceEncoder(b, weight, ids, mask), hasTokens]);
  const features = b.node('Concat', [sentence, weighNgrams(b, counts)], { axis: 1 });
  return b.finish(features, 'features', ['B', TEXT_FEATURES]);
}

/** log(1 + count) · idf, divided by its length: a word that occurs twice is not twice as important. */
function weighNgrams(b: OnnxBuilder, counts: string): string {
  const idf = Float32Array.from(Buffer.from(idfSteps, 'base64'), (steps) => steps * IDF_STEP);
  const frequency = b.node('Log', [b.node('Add', [counts, b.scalar(1)])]);
  const weighed = b.node('Mul', [frequency, b.floats('idf', [NGRAMS.buckets], idf)]);
  const length = b.node('ReduceL2', [weighed, b.ints(1)], { keepdims: 1 });
  return b.node('Div', [weighed, b.node('Max', [length, b.scalar(1e-6)])]);
}
