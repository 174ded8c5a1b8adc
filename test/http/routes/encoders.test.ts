import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encoderBody } from '../../../src/http/schemas/encoders.ts';
import { createEncoders } from '../../../src/service/encoders.ts';
import { tinyEncoder } from '../../support/tiny-encoder.ts';
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
