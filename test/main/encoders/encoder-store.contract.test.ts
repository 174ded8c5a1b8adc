import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import { type DownloadedEncoder, downloadedEncoders } from '../../../src/encoders/catalogue.ts';
import { openEncoderStore } from '../../../src/main/encoders/encoder-store.ts';
import { tinyEncoder, tinyEncoderDraft } from '../../support/encoders/tiny-encoder.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { openFileServer, sendFile } from '../../support/servers/file-server.ts';

const content = Buffer.from('what the encoder is made from');
const sha256 = createHash('sha256').update(content).digest('hex');
const signal = new AbortController().signal;
const quietly = { signal, onProgress: () => undefined };

let data: string;
let catalogue: Readonly<Record<string, DownloadedEncoder>>;
let given: (readonly Uint8Array[])[];
const storeOf = (fetchPinned = createFetchPinned()) =>
  openEncoderStore({ DATA_DIR: data, ENCODERS_DIR: join(data, 'none') }, fetchPinned, catalogue);

beforeEach(async () => {
  data = await scratchFolder();
  given = [];
  const url = 'https://example.org/files/tiny.tflite?raw';
  const { facts, ...draft } = tinyEncoderDraft('image');
  const builder: DownloadedEncoder['builder'] = {
    sources: [{ url, sha256, bytes: content.length }],
    build(files) {
      given.push(files);
      return { ...draft, facts };
    },
  };
  const { manifest } = await tinyEncoder('image');
  catalogue = { 'tiny-image': { builder, digest: manifest.digest } };
});

async function contentFile(bytes: Uint8Array = content): Promise<string> {
  const path = join(await scratchFolder(), 'from');
  await writeFile(path, bytes);
  return path;
}

describe('the encoders of the command line', () => {
  it('are built from a file, and nothing else stays', async () => {
    const store = storeOf();
    const seen: (readonly [number, number])[] = [];
    const onProgress = (...progress: readonly [number, number]) => void seen.push(progress);
    const { manifest, folder } = await store.get('tiny-image', {
      from: await contentFile(),
      signal,
      onProgress,
    });
    expect(folder).toBe(join(data, 'encoders', 'tiny-image'));
    expect(given).toEqual([[content]]);
    expect(seen).toEqual([[content.length, content.length]]);
    expect(manifest.sources).toEqual([
      {
        file: 'tiny.tflite',
        origin: 'https://example.org/files/tiny.tflite?raw',
        sha256: `sha256:${sha256}`,
      },
    ]);
    expect((await readdir(store.folder)).sort()).toEqual(['owner', 'tiny-image']);
  });

  it('come from a server, once', async () => {
    await using server = await openFileServer(sendFile(content));
    const fetchPinned = createFetchPinned({ fetch: server.fetch });
    const from = `${server.origin}/tiny.tflite`;
    for (const _ of [1, 2]) await storeOf(fetchPinned).get('tiny-image', { ...quietly, from });
    expect(server.ranges).toEqual([null]);
    expect(given).toHaveLength(1);
  });

  it('are listed as missing, then as present', async () => {
    const store = storeOf();
    expect(await store.list()).toEqual({
      present: [],
      missing: [{ name: 'tiny-image', bytes: content.length }],
    });
    await store.get('tiny-image', { ...quietly, from: await contentFile() });
    expect(await store.list()).toMatchObject({ present: [{ name: 'tiny-image' }], missing: [] });
  });

  it('replace another version of the same name', async () => {
    const old = await tinyEncoder('image', { seed: 2, directory: join(data, 'encoders') });
    const { manifest } = await storeOf().get('tiny-image', { ...quietly, from: await contentFile() });
    expect(manifest.digest).not.toBe(old.manifest.digest);
    expect((await storeOf().list()).present).toEqual([manifest]);
  });

  it('are not built from another file', async () => {
    const from = await contentFile(Buffer.from('something else'));
    const refused = storeOf().get('tiny-image', { ...quietly, from });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_package', details: { expected: sha256 } });
    expect(given).toEqual([]);
    const { present } = await storeOf().list();
    expect(present).toEqual([]);
  });

  it('say what to do without a network, unless a place was named', async () => {
    const offline = createFetchPinned({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
    const got = storeOf(offline).get('tiny-image', quietly);
    await expect(got).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'Cannot download https://example.org/files/tiny.tflite: fetch failed. With the file from elsewhere: --from <path>',
    });
    const named = storeOf(offline).get('tiny-image', { ...quietly, from: 'https://example.org/other' });
    await expect(named).rejects.toThrow(/other: fetch failed$/);
  });

  it.each(['', 'Tiny-image', 'constructor', '../tiny-image'])('have no encoder named %j', async (name) => {
    await expect(storeOf().get(name, quietly)).rejects.toMatchObject({
      code: 'invalid_request',
      message: `Expected an encoder among tiny-image, got ${JSON.stringify(name)}`,
    });
  });
});

/** A copy of the file that the catalogue names. */
const copy = process.env.INNERLOOP_MOBILENET_V2;

describe.skipIf(!copy)('mobilenet-v2 (needs INNERLOOP_MOBILENET_V2)', () => {
  it('is the encoder of the catalogue, downloaded from a server', async () => {
    await using server = await openFileServer(sendFile(await readFile(copy as string), { etag: '"1"' }));
    const fetchPinned = createFetchPinned({ fetch: server.fetch });
    const store = openEncoderStore({ DATA_DIR: data }, fetchPinned);
    const from = `${server.origin}/mobilenet.tflite`;
    const { manifest } = await store.get('mobilenet-v2', { ...quietly, from });
    expect(manifest.digest).toBe(downloadedEncoders['mobilenet-v2']?.digest);
    expect(manifest).toMatchObject({ features: 1696, license: 'Apache-2.0', preparation: { size: 192 } });
  });
});
