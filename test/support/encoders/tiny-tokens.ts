import { readFile } from 'node:fs/promises';
import { modelOf } from '../../../src/graph/export/encode.ts';
import {
  cast,
  constant,
  input,
  matMul,
  mul,
  reduceSum,
  relu,
  reshape,
} from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { createRandom } from '../../../src/training/random.ts';

const WORDPIECE = new URL('../../fixtures/tokenizers/wordpiece.json', import.meta.url);

interface TinyTokens {
  readonly directory: string;
  /** `T`: as long as the text. */
  readonly length?: number | 'T';
  readonly hasMask?: boolean;
  /** Default: a real one. */
  readonly tokenizer?: Uint8Array;
}

/**
 * An encoder of texts with the inputs of BERT as int64, and a real tokenizer of the fixtures:
 *
 *     features = Σₜ maskₜ relu(idsₜ w)
 *
 * Its types are not used.
 */
export async function tinyTokenEncoder({
  directory,
  length = 'T',
  hasMask = true,
  tokenizer,
}: TinyTokens): Promise<Encoder> {
  const whole = (name: string) => input(name, ['B', length], 'int64');
  const [ids, mask, types] = [whole('input_ids'), whole('attention_mask'), whole('token_type_ids')];
  const used = hasMask ? [ids, mask, types] : [ids, types];
  const random = createRandom(1);
  const w = constant({ shape: [1, 8], data: Float32Array.from({ length: 8 }, () => random.normal() / 100) });
  const column = (x: Value) => reshape(cast(x, 'float32'), ['B', length, 1]);
  const rows = relu(matMul(column(ids), w));
  const features = reduceSum(hasMask ? mul(rows, column(mask)) : rows, [1]);
  return writeEncoder(directory, {
    facts: {
      name: `tiny-tokens-${length}`.toLowerCase(),
      version: '1.0.0',
      description: 'For tests',
      license: 'Apache-2.0',
      sources: [],
      preparation: {
        kind: 'text',
        maxTokens: typeof length === 'number' ? length : 16,
        tokens: {
          ids: 'input_ids',
          ...(hasMask && { mask: 'attention_mask' }),
          types: 'token_type_ids',
          pad: 0,
        },
      },
      inputs: used.map(({ attributes: { name } }) => ({ name, shape: [length], dtype: 'int64' })),
      features: 8,
      batch: hasMask || typeof length === 'number' ? 4 : 1,
    },
    program: modelOf(program('tiny-tokens', used, { features })),
    files: { 'tokenizer.json': tokenizer ?? (await readFile(WORDPIECE)) },
  });
}
