import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../../src/onnx/decode.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '../../../src/onnx/model.ts';
import { encoderDigest, sha256 } from '../../../src/package/digest.ts';
import type { EncoderManifest } from '../../../src/package/encoder/encoder.ts';
import { readEncoder, readEncoders } from '../../../src/package/encoder/read-encoder.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { tinyEncoder, tinyEncoderDraft } from '../../support/encoders/tiny-encoder.ts';
import { scratchFolder } from '../../support/scratch.ts';

type Change = (manifest: EncoderManifest) => object;

/** A tiny encoder whose manifest is changed, with right hashes unless the change states others. */
async function changed(change: Change, program?: (model: OnnxModel) => OnnxModel): Promise<string> {
  const { folder, manifest } = await tinyEncoder('image', { directory: await scratchFolder() });
  const path = join(folder, 'embed.onnx');
  if (program) await writeFile(path, encodeModel(program(decodeModel(await readFile(path)))));
  const files = { ...manifest.files, 'embed.onnx': sha256(await readFile(path)) };
  const digest = encoderDigest({ ...manifest, files });
  const json = { ...manifest, files, digest, ...change({ ...manifest, files, digest }) };
  await writeFile(join(folder, 'encoder.json'), JSON.stringify(json));
  return folder;
}

const same: Change = () => ({});
const withWeights = (change: (each: OnnxInitializer) => OnnxInitializer) => (model: OnnxModel) => ({
  ...model,
  initializers: model.initializers.map((each) => (each.external ? change(each) : each)),
});
const moved = (external: Partial<OnnxInitializer['external']>) =>
  withWeights((each) => ({ ...each, external: { ...(each.external as object), ...external } as never }));

describe('readEncoder', () => {
  it('reads what writeEncoder wrote, with large weights in their own file', async () => {
    const directory = await scratchFolder();
    const written = await writeEncoder(directory, tinyEncoderDraft('image'));
    expect(await readEncoder(written.folder)).toEqual(written);
    expect(await readdir(directory)).toEqual(['tiny-image']);
    expect((await readFile(join(written.folder, 'weights.bin'))).length).toBe(4 * 192 * 8);
    expect(decodeModel(written.program).initializers.map(({ external }) => external?.location)).toContain(
      'weights.bin',
    );
  });

  it('answers the same digest for the same draft, and another one for other weights or another preparation', async () => {
    const write = async (seed: number, fit = 'cover') => {
      const { facts, ...draft } = tinyEncoderDraft('image', seed);
      const preparation = { ...facts.preparation, fit } as never;
      const encoder = await writeEncoder(await scratchFolder(), {
        ...draft,
        facts: { ...facts, preparation },
      });
      return encoder.manifest.digest;
    };
    expect(await write(1)).toBe(await write(1));
    expect(new Set([await write(1), await write(2), await write(1, 'fill')]).size).toBe(3);
  });

  it('replaces another encoder of the same name, and lets two writers finish', async () => {
    const directory = await scratchFolder();
    await tinyEncoder('image', { directory, seed: 1 });
    const [one, two] = await Promise.all([1, 2].map(() => tinyEncoder('image', { directory, seed: 2 })));
    expect(one).toEqual(two);
    expect(await readEncoders(directory)).toEqual([one]);
  });

  it('finds no encoders in a folder that does not exist', async () => {
    expect(await readEncoders(join(await scratchFolder(), 'none'))).toEqual([]);
  });

  const refused: readonly (readonly [string, () => Promise<string>, object | RegExp])[] = [
    ['an unknown member', () => changed(() => ({ extra: 1 })), { pointer: '/extra' }],
    [
      'an unknown file',
      () => changed(({ files }) => ({ files: { ...files, 'run.sh': files['embed.onnx'] } })),
      { pointer: '/files/run.sh' },
    ],
    ['another digest', () => changed(() => ({ digest: sha256('') })), { pointer: '/digest' }],
    [
      'other weights than stated',
      () => changed(({ files }) => ({ files: { ...files, 'weights.bin': sha256('') } })),
      /weights\.bin: expected sha256:e3b0/,
    ],
    [
      'another input than its preparation makes',
      () => changed(({ preparation }) => ({ preparation: { ...preparation, size: 9 } as never })),
      /encoder\.json \/inputs: expected an input \[3, 9, 9\] of float32/,
    ],
    [
      'another type of an input than stated',
      () =>
        changed(({ inputs: [image] }) => ({
          preparation: { kind: 'tensor' },
          inputs: [{ ...image, dtype: 'int64' }],
        })),
      /inputs/,
    ],
    [
      'another shape',
      () => changed(() => ({ features: 9 })),
      /embed\.onnx outputs: expected features \[B, 9\]/,
    ],
    [
      'weights in another file',
      () => changed(same, moved({ location: '../../secret' })),
      /external values in weights\.bin, got "\.\.\/\.\.\/secret"/,
    ],
    [
      'weights behind the end',
      () => changed(same, moved({ offset: 64 })),
      /within the 6144 bytes of weights\.bin/,
    ],
    ['weights before the start', () => changed(same, moved({ offset: -64 })), /bytes from -64/],
    ['weights without an offset', () => changed(same, moved({ offset: Number.NaN })), /bytes from NaN/],
    ['fewer weights than stated', () => changed(same, moved({ length: 4 })), /, 4 bytes from 0/],
    [
      'operators that are not arithmetic',
      () =>
        changed(same, (model) => ({
          ...model,
          nodes: [
            ...model.nodes,
            { ...(model.nodes[0] as never as object), opType: 'RandomNormal' } as never,
          ],
        })),
      /standard arithmetic operators, got RandomNormal/,
    ],
  ];
  it.each(refused)('refuses %s', async (_, make, expected) => {
    const error = await readEncoder(await make()).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 'invalid_package' });
    if (expected instanceof RegExp) expect(String(error)).toMatch(expected);
    else expect(error).toMatchObject({ details: expected });
    expect(String(error)).toMatch(/Encoder tiny-image: /);
  });
});
