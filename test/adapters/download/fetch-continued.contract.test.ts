import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import type { FetchPinnedOptions } from '../../../src/ports/fetch-pinned.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type Answer, openFileServer, sendFile } from '../../support/servers/file-server.ts';
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

  it('not once more when another version of the file is wrong too', async () => {
    await breakAfter(120_000, Buffer.alloc(200_000));
    server.answer = sendFile(Buffer.alloc(200_000, 1), { etag: '"second"' });
    await expect(fetchTo()).rejects.toMatchObject({ code: 'invalid_package' });
    expect(server.ranges).toEqual(['bytes=120000-']);
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
