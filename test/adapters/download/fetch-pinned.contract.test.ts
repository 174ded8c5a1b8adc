import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import type { FetchPinnedOptions } from '../../../src/ports/fetch-pinned.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type Answer, openFileServer, redirectTo, sendFile } from '../../support/servers/file-server.ts';
import { etag, expectFile, file, sha256 } from './file.ts';

const server = await openFileServer(sendFile(file, { etag }));
afterAll(() => server[Symbol.asyncDispose]());
const fetchPinned = createFetchPinned({ fetch: server.fetch });
const url = `${server.origin}/model.tflite?token=secret`;

let folder: string;
let to: string;
const fetchTo = (source = url, options: Partial<FetchPinnedOptions> = {}) =>
  fetchPinned(source, { sha256, maxBytes: file.length, to, ...options });
/** Answers each request in turn; the last answer stays. */
const answerInTurn = (...answers: readonly Answer[]) => {
  let next = 0;
  server.answer = (request, response) => answers[Math.min(next++, answers.length - 1)]?.(request, response);
};

beforeEach(async () => {
  folder = await scratchFolder();
  to = join(folder, 'model.tflite');
  server.answer = sendFile(file, { etag });
  server.ranges.length = 0;
});

describe('fetchPinned from a server', () => {
  it('writes the file, and reports how far it is', async () => {
    const seen: [number, number | null][] = [];
    await fetchTo(url, { onProgress: (...progress) => seen.push(progress) });
    await expectFile(to);
    expect(await readdir(folder)).toEqual(['model.tflite']);
    expect(seen.at(-1)).toEqual([file.length, file.length]);
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).toSorted((a, b) => a - b));
  });

  it('asks nothing when the file is there, and replaces another one', async () => {
    await writeFile(to, file);
    await fetchTo();
    expect(server.ranges).toEqual([]);
    await writeFile(to, 'an older version');
    await fetchTo();
    expect(server.ranges).toEqual([null]);
    await expectFile(to);
  });

  it('takes a file whose length the server does not say', async () => {
    server.answer = sendFile(file, { isLengthUnknown: true });
    const totals = new Set<number | null>();
    await fetchTo(url, { onProgress: (_, total) => totals.add(total) });
    expect(totals).toEqual(new Set([null]));
    await expectFile(to);
  });

  it.each([301, 302, 303, 307, 308])('follows a redirect with status %i', async (status) => {
    answerInTurn(redirectTo('/elsewhere', status), redirectTo(`${server.origin}/there`), sendFile(file));
    await fetchTo();
    await expectFile(to);
  });

  it('refuses redirects in a circle, after five', async () => {
    server.answer = redirectTo(url);
    await expect(fetchTo()).rejects.toMatchObject({
      code: 'unavailable',
      message: `Cannot download ${server.origin}/model.tflite: more than 5 redirects`,
    });
    expect(server.ranges).toHaveLength(6);
  });

  it.each(['http://localhost:9/model', 'file:///etc/passwd', 'https://me:pass@localhost/x', 'https://'])(
    'refuses a redirect to %s',
    async (location) => {
      server.answer = redirectTo(location);
      await expect(fetchTo()).rejects.toMatchObject({
        code: 'invalid_package',
        message: expect.stringMatching(
          /^Expected an https: address .*, got a redirect of https:\/\/localhost/,
        ),
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('does not reach a server without https, also behind a redirect', async () => {
    let requests = 0;
    const plain = createServer((_, response) => response.end(String(requests++))).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const address = plain.address();
    if (address === null || typeof address === 'string') throw new Error('Expected a port');
    server.answer = redirectTo(`http://127.0.0.1:${address.port}/`);
    await expect(fetchTo()).rejects.toMatchObject({ code: 'invalid_package' });
    await expect(fetchTo(`http://127.0.0.1:${address.port}/`)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(requests).toBe(0);
  });

  it.each([404, 403, 500, 429, 204])('says which status it got: %i', async (status) => {
    server.answer = (_, response) => response.writeHead(status).end();
    const message = `Cannot download ${server.origin}/model.tflite: the server answers with status ${status}`;
    await expect(fetchTo()).rejects.toMatchObject({ code: 'unavailable', message });
    expect(server.ranges).toHaveLength(1);
  });

  it('does not ask a server whose certificate is not trusted', async () => {
    const untrusting = createFetchPinned({ stallMs: 1000 });
    const got = untrusting(url, { sha256, maxBytes: file.length, to });
    await expect(got).rejects.toThrow(/model\.tflite: self-signed certificate/);
    expect(server.ranges).toEqual([]);
  });
});

describe('fetchPinned refuses', () => {
  it('content with another digest, and leaves nothing', async () => {
    server.answer = sendFile(Buffer.from(file).fill(1, 0, 1), { etag });
    const refused = fetchTo();
    await expect(refused).rejects.toMatchObject({ code: 'invalid_package', details: { expected: sha256 } });
    await expect(refused).rejects.toThrow(/^Expected sha256 [0-9a-f]{64} of .*, got [0-9a-f]{64}\./);
    expect(server.ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['says so', false, 'got 300000'],
    ['does not say so', true, /got \d+$/],
  ])('content that is too large, when the server %s', async (_name, isLengthUnknown, message) => {
    server.answer = sendFile(file, { isLengthUnknown });
    const refused = fetchTo(url, { maxBytes: 1000 });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(/^Expected at most 1000 bytes at https/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('a compressed answer, whose size says nothing', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(file);
    await expect(fetchTo()).rejects.toThrow(/expected it as it is stored, got gzip$/);
  });

  it.each([
    'http://example.org/model.tflite',
    'ftp://example.org/model.tflite',
    'https://user:password@example.org/model.tflite',
    'https://',
    'file://other-host/model.tflite',
  ])('%s as an address', async (source) => {
    await expect(fetchTo(source)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { got: source },
    });
  });

  it.each(['', 'abc', sha256.slice(1), `${sha256}0`, sha256.toUpperCase()])(
    '%j as a digest',
    async (wrong) => {
      await expect(fetchTo(url, { sha256: wrong })).rejects.toMatchObject({ code: 'invalid_request' });
      expect(server.ranges).toEqual([]);
    },
  );
});

describe('fetchPinned from a file', () => {
  it('copies the file of a path or a file: address', async () => {
    const from = join(folder, 'my model');
    await writeFile(from, file);
    for (const source of [from, pathToFileURL(from).href]) {
      const target = join(await scratchFolder(), 'copy');
      await fetchTo(source, { to: target });
      await expectFile(target);
    }
    await expectFile(from);
    expect(server.ranges).toEqual([]);
  });

  it('refuses other files, and leaves nothing', async () => {
    const from = join(folder, 'from');
    await writeFile(from, 'something else');
    await expect(fetchTo(from)).rejects.toMatchObject({ code: 'invalid_package' });
    await writeFile(from, file);
    await expect(fetchTo(from, { maxBytes: file.length - 1 })).rejects.toThrow(/at most 299999 bytes/);
    await mkdir(join(folder, 'inner'));
    await expect(fetchTo(join(folder, 'inner'))).rejects.toThrow(/^Expected a file at/);
    await expect(fetchTo(join(folder, 'missing'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(folder)).toEqual(['from', 'inner']);
  });

  it('names the folder that is missing', async () => {
    const missing = join(folder, 'none', 'model');
    await expect(fetchTo(url, { to: missing })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(/^Cannot write .*none.*: no such file or directory$/),
    });
  });
});
