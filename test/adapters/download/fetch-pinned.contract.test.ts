import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import type { FetchPinnedOptions } from '../../../src/ports/fetch-pinned.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type Answer, openFileServer, redirectTo, sendFile } from '../../support/servers/file-server.ts';

const file = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const sha256 = createHash('sha256').update(file).digest('hex');
const etag = '"first"';
const server = await openFileServer(sendFile(file, { etag }));
afterAll(() => server[Symbol.asyncDispose]());
const fetchPinned = createFetchPinned({ fetch: server.fetch });
const url = `${server.origin}/model.tflite?token=secret`;

let folder: string;
let to: string;
const fetchTo = (source = url, options: Partial<FetchPinnedOptions> = {}) =>
  fetchPinned(source, { sha256, maxBytes: file.length, to, ...options });
/** `toEqual` on long buffers takes seconds. */
const expectFile = async (path: string) => expect(file.equals(await readFile(path))).toBe(true);
/** Answers each request in turn; the last answer stays. */
const answerInTurn = (...answers: readonly Answer[]) => {
  let next = 0;
  server.answer = (request, response) => answers[Math.min(next++, answers.length - 1)]?.(request, response);
};
/** Breaks the connection when so many bytes are written; a server that breaks it by itself may be faster than its bytes. */
const dropAt =
  (...places: readonly number[]) =>
  (done: number) => {
    if (places.includes(done)) server.drop();
  };
/** Leaves the first bytes of a file beside `to`, as a broken download does. */
async function breakAfter(bytes: number, content: Uint8Array = file, tag = etag): Promise<void> {
  answerInTurn(sendFile(content, { etag: tag, silentAfter: bytes }), (_, response) => response.destroy());
  const broken = fetchTo(url, { maxBytes: content.length, onProgress: dropAt(bytes) });
  await expect(broken).rejects.toMatchObject({ code: 'unavailable' });
  server.ranges.length = 0;
}

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

describe('fetchPinned continues', () => {
  it('in the same call when a connection breaks', async () => {
    answerInTurn(
      sendFile(file, { etag, silentAfter: 100_000 }),
      sendFile(file, { etag, silentAfter: 150_000 }),
      sendFile(file, { etag }),
    );
    await fetchTo(url, { onProgress: dropAt(100_000, 150_000) });
    expect(server.ranges).toEqual([null, 'bytes=100000-', 'bytes=150000-']);
    await expectFile(to);
  });

  it('in the same call when the server falls silent', async () => {
    answerInTurn(sendFile(file, { etag, silentAfter: 1000 }), sendFile(file, { etag }));
    const impatient = createFetchPinned({ fetch: server.fetch, stallMs: 1000 });
    await impatient(url, { sha256, maxBytes: file.length, to });
    expect(server.ranges).toEqual([null, 'bytes=1000-']);
    await expectFile(to);
  });

  it('in the next call, and then asks for the rest alone', async () => {
    await breakAfter(120_000);
    expect(await readdir(folder)).not.toContain('model.tflite');
    server.answer = sendFile(file, { etag });
    const seen: number[] = [];
    await fetchTo(url, { onProgress: (done) => seen.push(done) });
    expect(server.ranges).toEqual(['bytes=120000-']);
    expect(Math.min(...seen)).toBeGreaterThan(120_000);
    await expectFile(to);
    expect(await readdir(folder)).toEqual(['model.tflite']);
  });

  it('from the start when the server has another version of the file', async () => {
    await breakAfter(120_000, Buffer.alloc(200_000));
    server.answer = sendFile(file, { etag: '"second"' });
    await fetchTo();
    expect(server.ranges).toEqual(['bytes=120000-']);
    await expectFile(to);
  });

  it('from the start when the part turns out to be damaged', async () => {
    await breakAfter(120_000, Buffer.alloc(200_000));
    server.answer = sendFile(file, { etag });
    await fetchTo();
    expect(server.ranges).toEqual(['bytes=120000-', null]);
    await expectFile(to);
  });

  it.each<[string, Answer]>([
    ['refuses the range', (_, response) => response.writeHead(416).end()],
    [
      'answers with another range',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 7-9/300000' }).end('abc'),
    ],
    ['answers with a range that it does not name', (_, response) => response.writeHead(206).end('abc')],
  ])('from the start when the server %s', async (_name, answer) => {
    await breakAfter(120_000);
    answerInTurn(answer, sendFile(file, { etag }));
    await fetchTo();
    expect(server.ranges).toEqual(['bytes=120000-', null]);
    await expectFile(to);
  });

  it('from the start when the server does not say which version it has', async () => {
    answerInTurn(sendFile(file, { silentAfter: 1000 }), sendFile(file));
    await fetchTo(url, { onProgress: dropAt(1000) });
    expect(server.ranges).toEqual([null, null]);
    await expectFile(to);
  });

  it('from the start when the address is another', async () => {
    await breakAfter(120_000);
    server.answer = sendFile(file, { etag });
    await fetchTo(`${server.origin}/other`);
    expect(server.ranges).toEqual([null]);
  });

  it('not without end, and says that the part is kept', async () => {
    const places = [1, 2, 3, 4, 5].map((n) => n * 1000);
    answerInTurn(...places.map((silentAfter) => sendFile(file, { etag, silentAfter })));
    const broken = fetchTo(url, { onProgress: dropAt(...places) });
    await expect(broken).rejects.toThrow(/ 5000 bytes are kept: the same command continues$/);
    expect(server.ranges).toHaveLength(5);
  });

  it('after an interrupt', async () => {
    server.answer = sendFile(file, { etag, silentAfter: 1000 });
    const interrupt = new AbortController();
    const started = fetchTo(url, { signal: interrupt.signal, onProgress: () => interrupt.abort() });
    await expect(started).rejects.toMatchObject({ name: 'AbortError' });
    server.answer = sendFile(file, { etag });
    server.ranges.length = 0;
    await fetchTo();
    expect(server.ranges).toEqual(['bytes=1000-']);
    await expectFile(to);
  });
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
