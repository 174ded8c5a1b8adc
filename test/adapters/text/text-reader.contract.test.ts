import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createContentDecoder } from '../../../src/adapters/decoding/content-decoder.ts';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { textContent } from '../../../src/domain/content.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Preparation } from '../../../src/package/encoder/preparation.ts';
import { scratchFolder } from '../../support/scratch.ts';

const preparation = { kind: 'text', maxTokens: 4, ngrams: { minimum: 3, maximum: 5, buckets: 16 } } as const;

async function encoderWith(value: Preparation, digest = 'sha256:1'): Promise<Encoder> {
  const folder = await scratchFolder();
  const pieces = [['?', 0], ...Array.from('▁abc', (letter) => [letter, -2])];
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ type: 'unigram', reserved: 1, pieces }));
  return { folder, manifest: { name: 'tiny', digest, preparation: value } } as Encoder;
}

const openDecoder = () =>
  createContentDecoder({
    threads: 1,
    pictures: defaultPictureLimits,
    texts: { maxBytes: 100 },
    sounds: { seconds: 1 },
  });

describe('texts in a decoding thread', () => {
  it('are prepared with the tokenizer of their encoder', async () => {
    await using decoder = openDecoder();
    const { inputs, warnings } = await decoder.prepare(textContent('ab'), await encoderWith(preparation));
    expect(inputs.ids).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(inputs.mask?.data).toEqual(Float32Array.of(1, 1, 1));
    expect(inputs.ngrams?.shape).toEqual([16]);
    expect(warnings).toEqual([]);
  });

  it('are canonical as they are', async () => {
    await using decoder = openDecoder();
    const content = textContent('  Día\n');
    expect(Buffer.from((await decoder.canonical(content)).content.bytes).toString()).toBe('  Día\n');
  });

  it('are refused when they are long or not UTF-8, in both ways', async () => {
    await using decoder = openDecoder();
    const encoder = await encoderWith(preparation);
    const long = textContent('a'.repeat(10_000_000));
    const message = 'Expected a text of at most 100 bytes (MAX_TEXT_BYTES), got 10000000 bytes';
    await expect(decoder.canonical(long)).rejects.toThrow(message);
    await expect(decoder.prepare(long, encoder)).rejects.toMatchObject({ code: 'invalid_input', message });
    const broken = { kind: 'text', bytes: Uint8Array.of(0xff) } as const;
    await expect(decoder.prepare(broken, encoder)).rejects.toThrow('Expected text in UTF-8, got other bytes');
  });

  it('are refused for an encoder of another kind', async () => {
    await using decoder = openDecoder();
    const encoder = await encoderWith({ kind: 'audio' } as Preparation);
    const preparing = decoder.prepare(textContent('a'), encoder);
    await expect(preparing).rejects.toThrow('Expected audio for tiny, got text');
  });

  it('are prepared with the 200,000 pieces of a multilingual encoder in half the memory of a thread', async () => {
    const pieces = Array.from({ length: 200_000 }, (_, i) => [
      `${i % 2 ? '▁' : ''}${(i * 7_919).toString(36)}`,
      -9,
    ]);
    const vocab = [['<unk>', 0], ['▁card', -1], ...pieces];
    const file = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
      post_processor: null,
      decoder: null,
      model: { type: 'Unigram', unk_id: 0, vocab },
    };
    const folder = await scratchFolder();
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(file));
    const tokens = { ids: 'ids', pad: 0 };
    const manifest = {
      digest: 'sha256:2',
      preparation: { kind: 'text', maxTokens: 8, tokens },
      inputs: [{ shape: ['T'] }],
    };
    await using decoder = createContentDecoder({
      threads: 1,
      heapMb: 128,
      pictures: defaultPictureLimits,
      texts: { maxBytes: 100 },
      sounds: { seconds: 1 },
    });
    const { inputs } = await decoder.prepare(textContent('card card'), {
      folder,
      manifest,
    } as unknown as Encoder);
    expect(inputs.ids?.data).toEqual(Float32Array.of(1, 1));
  });
});
