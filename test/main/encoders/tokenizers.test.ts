import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { compose } from '../../../src/main/server/compose.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { TINY_FEATURES } from '../../support/encoders/tiny-encoder.ts';
import { tinyTokenEncoder } from '../../support/encoders/tiny-tokens.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { inMemory } from '../../support/memory/adapters.ts';
import { tinyPackage } from '../../support/packages.ts';
import { silent } from '../../support/silent.ts';

async function start(tokenizer?: Uint8Array) {
  const data = await mkdtemp(join(tmpdir(), 'innerloop-data-'));
  const directory = join(data, 'encoders');
  const { manifest } = await tinyTokenEncoder({ directory, ...(tokenizer && { tokenizer }) });
  const preprocessing = { kind: 'encoder', name: manifest.name, digest: manifest.digest } as const;
  const network = classifier(mlp([TINY_FEATURES, 8]));
  const models = await modelsFolder([tinyPackage('sentences', 'protonets', network, {}, preprocessing)]);
  const config = parseConfig({ MODELS_DIR: models, ENCODERS_DIR: directory, DATA_DIR: data });
  const composed = await compose(config, silent, inMemory);
  onTestFinished(() => composed[Symbol.asyncDispose]());
  return composed.loaded;
}

describe('a server whose encoder has a tokenizer of its own', () => {
  it('is ready when the tokenizer has been opened', async () => {
    await expect(start()).resolves.toBe(undefined);
  });

  it('does not start with one that cannot be read', async () => {
    const json = Buffer.from('{"model":{"type":"WordLevel","vocab":{}}}');
    await expect(start(json)).rejects.toMatchObject({
      code: 'invalid_package',
      message: expect.stringContaining('tokenizer.json: expected a model of type WordPiece, BPE, Unigram'),
    });
  });
});
