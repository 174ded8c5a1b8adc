import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { EncoderBuilder } from '../../../src/encoders/builder.ts';
import { openEncoders } from '../../../src/main/server/encoders.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { tinyEncoder, tinyEncoderDraft } from '../../support/encoders/tiny-encoder.ts';

const logger = pino({ level: 'silent' });
const newFolder = () => mkdtemp(join(tmpdir(), 'innerloop-encoders-'));
const folders = async () => ({ ENCODERS_DIR: await newFolder(), DATA_DIR: join(await newFolder(), 'data') });

/** The part of a package that names its encoder. */
function packageOn(encoder: string, digest: string): Package {
  const preprocessing = { kind: 'encoder', name: encoder, digest };
  return { manifest: { name: `reads-${encoder}`, input: { preprocessing } } } as unknown as Package;
}

/** Counts how often it builds. */
function countingBuilder() {
  let built = 0;
  const builder: EncoderBuilder = {
    sources: [],
    build() {
      built += 1;
      return tinyEncoderDraft('text');
    },
  };
  return { builder, built: () => built };
}

describe('the encoders of a server', () => {
  it('are none when no package names one, and nothing is built', async () => {
    const given = await folders();
    expect(await openEncoders(given, [], logger)).toEqual([]);
    await expect(readdir(given.DATA_DIR)).rejects.toThrow('ENOENT');
  });

  it('come from ENCODERS_DIR, each once, without a build', async () => {
    const given = await folders();
    const { manifest } = await tinyEncoder('text', { directory: given.ENCODERS_DIR });
    const pkg = packageOn('tiny-text', manifest.digest);
    const found = await openEncoders(given, [pkg, pkg], logger, {});
    expect(found.map(({ manifest: { digest } }) => digest)).toEqual([manifest.digest]);
  });

  it('are built at the first start only, and read at the next', async () => {
    const given = await folders();
    const { manifest } = await tinyEncoder('text');
    const pkg = packageOn('tiny-text', manifest.digest);
    const { builder, built } = countingBuilder();
    const start = () => openEncoders(given, [pkg], logger, { 'tiny-text': builder });
    expect(await start()).toHaveLength(1);
    expect(await start()).toHaveLength(1);
    expect(built()).toBe(1);
    expect(await readdir(join(given.DATA_DIR, 'encoders'))).toContain('tiny-text');
  });

  it('leave out those that the start cannot build, and write nothing', async () => {
    const given = await folders();
    const { manifest } = await tinyEncoder('text', { directory: given.ENCODERS_DIR });
    const wanted = `sha256:${'0'.repeat(64)}`;
    const packages = [
      packageOn('tiny-text', wanted),
      packageOn('mobilenet-v2', wanted),
      packageOn('tiny-text', manifest.digest),
    ];
    const found = await openEncoders(given, packages, logger, {});
    expect(found.map(({ manifest: { digest } }) => digest)).toEqual([manifest.digest]);
    await expect(readdir(given.DATA_DIR)).rejects.toThrow('ENOENT');
  });

  it('are refused with both digests when the built one is another', async () => {
    const given = await folders();
    const wanted = `sha256:${'0'.repeat(64)}`;
    const { builder, built } = countingBuilder();
    const starting = openEncoders(given, [packageOn('tiny-text', wanted)], logger, { 'tiny-text': builder });
    const { manifest } = await tinyEncoder('text');
    await expect(starting).rejects.toMatchObject({
      code: 'invalid_package',
      message: expect.stringContaining('reads-tiny-text reads features of the encoder tiny-text'),
      details: { expected: wanted, got: manifest.digest },
    });
    expect(built()).toBe(1);
  });
});
