import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Package } from '../../src/package/manifest.ts';
import { readPackage, readPackages } from '../../src/package/read.ts';
import { writePackage } from '../../src/package/write.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';
import { good, withProgram } from './with-program.ts';

describe('reading a package', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await scratchFolder();
  });

  const manifestWith = (change: object) => ({ ...good, manifest: { ...good.manifest, ...change } });
  const read = async (pkg: Package) => {
    await writePackage(folder, pkg);
    return readPackage(folder);
  };

  it('returns the written package', async () => {
    const { manifest, programs } = await read(good);
    expect(manifest).toEqual(good.manifest);
    expect(Object.keys(programs)).toEqual(['init', 'step', 'predict']);
    expect(Buffer.from(programs.predict).equals(good.programs.predict)).toBe(true);
  });

  it('reads a package without a step program', async () => {
    const { programs } = await read(tinyPackages.prototypes());
    expect(programs).not.toHaveProperty('step');
  });

  const inner = good.manifest.inner;
  const manifests: readonly [string, object, object][] = [
    [
      'an unknown member',
      { extra: 1 },
      { pointer: '/extra', expected: expect.stringMatching(/^one of format, name, .*, metrics$/), got: '1' },
    ],
    ['a missing member', { version: undefined }, { pointer: '/version', got: 'nothing' }],
    ['another format', { format: 3 }, { pointer: '/format', expected: '1 or 2', got: '3' }],
    ['format 2 without an encoder', { format: 2 }, { pointer: '/format', expected: '1 for none', got: '2' }],
    ['a name that is not a folder name', { name: '../x' }, { pointer: '/name', got: '"../x"' }],
    [
      'an unknown member deep inside',
      { inner: { ...inner, rate: { ...inner.rate, step: 1 } } },
      { pointer: '/inner/rate/step' },
    ],
    [
      'a default beyond its bounds',
      { inner: { ...inner, rate: { minimum: 0, default: 2, maximum: 1 } } },
      { pointer: '/inner/rate/default', expected: 'from 0 to 1', got: '2' },
    ],
    [
      'bounds the wrong way round',
      { inner: { ...inner, examples: { minimum: 5, maximum: 4 } } },
      { pointer: '/inner/examples/minimum' },
    ],
    ['classes for regression', { task: 'regression' }, { pointer: '/inner/classes' }],
    ['another output than its task has', { output: { shape: [3] } }, { pointer: '/output/shape' }],
    [
      'a state named twice',
      { state: [...good.manifest.state, ...good.manifest.state] },
      { pointer: '/state' },
    ],
    ['a digest that is not its own', { digest: `sha256:${'0'.repeat(64)}` }, { pointer: '/digest' }],
  ];
  it.each(manifests)('refuses a manifest with %s, and says where', async (_what, change, details) => {
    await expect(read(manifestWith(change))).rejects.toMatchObject({
      code: 'invalid_package',
      message: expect.stringMatching(/model\.json \/.+: expected .+, got .+/),
      details,
    });
  });

  it('refuses a manifest that is not JSON, and one that is missing', async () => {
    await expect(readPackage(folder)).rejects.toThrow(/model\.json: expected a file that can be read/);
    await writeFile(join(folder, 'model.json'), '{');
    await expect(readPackage(folder)).rejects.toThrow(/model\.json: expected JSON/);
  });

  it('refuses a program whose bytes have changed', async () => {
    await writePackage(folder, good);
    const other = Uint8Array.from(good.programs.step ?? []);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    await writeFile(join(folder, 'step.onnx'), other);
    await expect(readPackage(folder)).rejects.toMatchObject({
      code: 'invalid_package',
      message: expect.stringContaining('step.onnx'),
      details: { expected: good.manifest.programs.step },
    });
  });

  it('refuses a program that is missing, and one that is too large, without reading it', async () => {
    await writePackage(folder, good);
    await truncate(join(folder, 'predict.onnx'), 64 * 1024 * 1024 + 1);
    await expect(readPackage(folder)).rejects.toThrow(
      /predict\.onnx: expected at most 67108864 bytes, got 67108865/,
    );
    await rm(join(folder, 'predict.onnx'));
    await expect(readPackage(folder)).rejects.toThrow(/predict\.onnx: expected a file that can be read/);
  });

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['an endless device', (path: string) => symlink('/dev/zero', path)],
  ] as const)('refuses %s in place of a file', async (_what, make) => {
    for (const name of ['model.json', 'init.onnx']) {
      await writePackage(folder, good);
      await rm(join(folder, name));
      await make(join(folder, name));
      await expect(readPackage(folder)).rejects.toThrow(`${name}: expected a file, got something else`);
      await rm(join(folder, name), { recursive: true });
    }
  });

  it('names the package when its manifest cannot be parsed', async () => {
    await writePackage(folder, good);
    await writeFile(join(folder, 'model.json'), `${'['.repeat(400_000)}${']'.repeat(400_000)}`);
    await expect(readPackage(folder)).rejects.toThrow(`Package ${basename(folder)}`);
  });

  it('refuses steps without a step program', async () => {
    const { step: _, ...programs } = good.programs;
    const hashes = programHashes(programs);
    const manifest = {
      ...good.manifest,
      programs: hashes,
      digest: packageDigest(hashes, good.manifest.input.preprocessing),
    };
    await expect(read({ manifest, programs })).rejects.toMatchObject({
      details: { pointer: '/inner/steps/maximum' },
    });
  });

  it('refuses a program that is not ONNX', async () => {
    const refused = read(withProgram('predict', new TextEncoder().encode('GIF89a is another format')));
    await expect(refused).rejects.toThrow(/predict\.onnx: expected an ONNX model/);
  });

  it('refuses too much structure before it decodes the program', async () => {
    // Field 7 (the graph) with only empty nodes (field 1, without bytes).
    const nodes = new Uint8Array(2 ** 22).fill(0).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    const header = [0x3a, 0x80, 0x80, 0x80, 0x02];
    const refused = read(withProgram('predict', Buffer.concat([Buffer.from(header), nodes])));
    await expect(refused).rejects.toMatchObject({ code: 'invalid_package' });
    await expect(refused).rejects.toThrow(
      /predict\.onnx: expected at most 1048576 bytes beside the values of weights, got 4194309/,
    );
  });

  it('refuses a program whose shapes differ from the manifest', async () => {
    const refused = read(manifestWith({ input: { ...good.manifest.input, shape: [3] } }));
    await expect(refused).rejects.toThrow(
      /init\.onnx inputs: expected support_x \[N, 3\].+got support_x \[N, 2\]/,
    );
  });

  it('keeps only the parts of a program that it has decoded', async () => {
    // Field 100, of length 4: an unknown field, which the runtime may know.
    const unknown = Buffer.from([0xa2, 0x06, 4, ...Buffer.from('.env')]);
    const { programs } = await read(withProgram('predict', Buffer.concat([good.programs.predict, unknown])));
    expect(Buffer.from(programs.predict).includes('.env')).toBe(false);
    expect(Buffer.from(programs.predict).equals(good.programs.predict)).toBe(true);
  });
});

describe('reading all packages', () => {
  it('reads each folder with a manifest, by name', async () => {
    const folder = await scratchFolder();
    await writePackage(join(folder, 'b'), tinyPackages.gradients());
    await writePackage(join(folder, 'a'), tinyPackages.prototypes());
    await mkdir(join(folder, 'drafts'));
    await writeFile(join(folder, 'README.md'), 'Packages');
    const names = (await readPackages(folder)).map(({ manifest }) => manifest.name);
    expect(names).toEqual(['tiny-gradients', 'tiny-prototypes']);
  });

  it('refuses two packages with the same name', async () => {
    const folder = await scratchFolder();
    for (const name of ['a', 'b']) await writePackage(join(folder, name), good);
    await expect(readPackages(folder)).rejects.toThrow(/one package named tiny-gradients/);
  });

  it('says where it expected packages', async () => {
    await expect(readPackages(join(await scratchFolder(), 'nowhere'))).rejects.toThrow(
      /Expected a folder of packages at .*nowhere/,
    );
  });

  it('names the faulty package', async () => {
    const folder = await scratchFolder();
    await writePackage(join(folder, 'broken'), { ...good, manifest: { ...good.manifest, version: '1' } });
    await expect(readPackages(folder)).rejects.toThrow(/^Package broken: model\.json \/version: expected/);
  });
});
