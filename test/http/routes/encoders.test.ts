import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encoderBody } from '../../../src/http/schemas/encoders.ts';
import { packageDigest } from '../../../src/package/digest.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { createEncoders } from '../../../src/service/encoders.ts';
import { tinyEncoder } from '../../support/encoders/tiny-encoder.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { tinyPackages } from '../../support/packages.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();

describe('encoders', () => {
  it('are an empty list when no package names one', async () => {
    const list = (await http.app.inject({ url: '/encoders' })).json();
    expect(list).toEqual({ object: 'list', data: [], hasMore: false, nextCursor: null });
  });

  it('that do not exist get 404', async () => {
    const answer = await http.app.inject({ url: '/encoders/nope' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found', got: 'nope', expected: 'none' });
  });

  it('are described with licence, sources, features and digest, in the order of their names', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'innerloop-'));
    const [text, image] = [
      await tinyEncoder('text', { directory }),
      await tinyEncoder('image', { directory }),
    ];
    const { encoders, encoder } = createEncoders([text, image]);
    expect(encoders().map(({ name }) => name)).toEqual(['tiny-image', 'tiny-text']);
    expect(encoderBody(encoder('tiny-image'))).toEqual({
      object: 'encoder',
      name: 'tiny-image',
      version: '1.0.0',
      description: 'For tests',
      license: 'Apache-2.0',
      sources: [],
      preparation: image.manifest.preparation,
      features: 8,
      digest: image.manifest.digest,
    });
    expect(() => encoder('nope')).toThrow('There is no encoder "nope"');
  });
});

describe('a server without the encoder of a package', async () => {
  const ENCODERS_DIR = await mkdtemp(join(tmpdir(), 'innerloop-'));
  const { manifest: there } = await tinyEncoder('image', { directory: ENCODERS_DIR });
  const reading = (name: string, encoder: string, digest: string): Package => {
    const { manifest, programs } = tinyPackages.prototypes();
    const preprocessing = { kind: 'encoder', name: encoder, digest } as const;
    return {
      programs,
      manifest: {
        ...manifest,
        format: 2,
        name,
        input: { shape: manifest.input.shape, preprocessing },
        digest: packageDigest(manifest.programs, preprocessing),
      },
    };
  };
  const MODELS_DIR = await modelsFolder([
    reading('photos', there.name, there.digest),
    reading('photos-imagenet', 'mobilenet-v2', `sha256:${'0'.repeat(64)}`),
  ]);
  const server = startApp({ environment: { ENCODERS_DIR, MODELS_DIR } });
  const command = 'innerloop encoders get mobilenet-v2';

  it('starts, and lists the package with the command', async () => {
    const { data } = (await server.app.inject({ url: '/models' })).json();
    expect(data).toMatchObject([
      { name: 'photos', status: 'ready' },
      { name: 'photos-imagenet', status: 'encoder_missing', command },
    ]);
    expect(data[0]).not.toHaveProperty('command');
    const one = await server.app.inject({ url: '/models/photos-imagenet' });
    expect(one.json()).toMatchObject({ status: 'encoder_missing', command });
  });

  it('refuses to use the package, with 409 and the command', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/tasks/fruit/adapt',
      payload: { model: 'photos-imagenet', support: [{ label: 'a', input: 'data:image/png;base64,AAAA' }] },
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: 'encoder_missing',
      detail: expect.stringContaining(command),
    });
  });
});
