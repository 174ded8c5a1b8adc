import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { glyph } from '../support/bodies.ts';
import { contentRequests, type Field, formOf, tone } from '../support/contents.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ byKind: true, limits: { ...defaultLimits, fileBytes: 2 ** 20 } });
const post = (url: string, payload: Buffer | string, headers: object) =>
  http.app.inject({ method: 'POST', url, payload, headers: { prefer: 'wait=20', ...headers } });
const ask = (task: string, type: string, payload: Buffer | string, headers: object = {}) =>
  post(`/tasks/${task}/predict`, payload, { 'content-type': type, ...headers });

beforeAll(async () => {
  for (const [task, name] of [
    ['pictures', 'pictures in a form'],
    ['sounds', 'sounds in a form'],
    ['texts', 'texts in a form'],
  ]) {
    const { adapt } = contentRequests.find((each) => each.name === name) ?? {};
    expect((await post(`/tasks/${task}/adapt`, adapt?.payload ?? '', adapt?.headers ?? {})).statusCode).toBe(
      200,
    );
  }
});

describe('one input as the body', () => {
  const picture: Field = { name: 'x', content: glyph('gate', 3), filename: 'x' };
  const sound: Field = { name: 'x', content: tone(880), filename: 'x' };
  const text: Field = { name: 'x', content: 'Où est ma carte ?\n' };

  it.each<[string, string, Field]>([
    ['pictures', 'image/png', picture],
    ['pictures', 'IMAGE/PNG', picture],
    // The bytes say what a file is.
    ['pictures', 'image/jpeg', picture],
    ['sounds', 'audio/wav', sound],
    ['sounds', 'audio/x-wav', sound],
    ['sounds', 'audio/mpeg', sound],
    ['sounds', 'audio/opus', sound],
    ['texts', 'text/plain', text],
    ['texts', 'text/plain; charset=UTF-8', text],
  ])('for %s as %s gets the answer that it gets in a form', async (task, type, field) => {
    const form = formOf([field]);
    const expected = (await post(`/tasks/${task}/predict`, form.payload, form.headers)).json();
    const [{ field: _, filename: __, ...prediction }] = expected.predictions;
    const answer = await ask(task, type, Buffer.from(field.content));
    expect(answer.json()).toEqual({ ...expected, predictions: [prediction] });
  });

  it('has options in the query, and may be compressed', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const answer = await ask('pictures', 'image/png', gzipSync(glyph('gate', 1)), headers);
    expect(answer.json().predictions).toMatchObject([{ label: 'gate' }]);
    const asked = await post('/tasks/texts/predict?explain=true', 'my card', {
      'content-type': 'text/plain',
    });
    expect(asked.json().predictions).toMatchObject([{ explanation: expect.any(Object) }]);
  });

  it.each<[string, string, string, Buffer | string, number, RegExp]>([
    [
      'a text for pictures',
      'pictures',
      'text/plain',
      'a gate',
      400,
      /^This package reads pictures; got text \(.*\) \(\/inputs\/0\)$/,
    ],
    [
      'a sound for pictures',
      'pictures',
      'audio/wav',
      tone(220),
      400,
      /^This package reads pictures; got a sound/,
    ],
    [
      'a picture for texts',
      'texts',
      'image/png',
      glyph('gate', 1),
      400,
      /^This package reads text; got a picture/,
    ],
    [
      'a text of other bytes',
      'texts',
      'text/plain',
      Buffer.from('\xe9t\xe9', 'latin1'),
      400,
      /UTF-8 in the text, got/,
    ],
    [
      'another charset',
      'texts',
      'text/plain; charset=latin1',
      'a',
      415,
      /a body in UTF-8, got charset=latin1/,
    ],
    ['a picture that is none', 'pictures', 'image/png', 'GIF89a\x01\0\x01\0', 400, /got a GIF picture/],
    [
      'a file beyond its limit',
      'pictures',
      'image/png',
      Buffer.alloc(2 ** 20 + 1),
      413,
      /1048576 bytes \(MAX_FILE_BYTES\)/,
    ],
    ['nothing', 'pictures', 'image/png', '', 400, /Expected a body, got none/],
  ])('is refused: %s', async (_what, task, type, payload, status, detail) => {
    const answer = await ask(task, type, payload);
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringMatching(detail)]);
  });

  it.each(['image/heic', 'image/gif', 'audio/aac', 'text/html', 'application/octet-stream'])(
    'is refused as %s, with the types that are taken',
    async (type) => {
      const answer = await ask('pictures', type, glyph('gate', 1));
      expect(answer.json()).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
        expected:
          'a body of application/json, multipart/form-data, text/csv, application/x-ndjson, application/zip, image/jpeg, image/png, image/webp, audio/wav, audio/flac, audio/mpeg, audio/ogg, text/plain',
        got: type,
      });
    },
  );

  it('is not a body of examples', async () => {
    const answer = await post('/tasks/new/adapt', glyph('gate', 1), { 'content-type': 'image/png' });
    expect(answer.json()).toMatchObject({
      status: 415,
      got: 'image/png',
      expected: expect.not.stringContaining('image'),
    });
  });

  it('has a type: curl without one gets the option that names it', async () => {
    const answer = await ask('texts', 'application/x-www-form-urlencoded', 'a');
    expect(answer.json().detail).toMatch(/name the type of the body \(curl: -H 'content-type: /);
  });
});
