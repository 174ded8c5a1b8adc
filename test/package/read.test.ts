import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/decode.ts';
import { ModelProto } from '../../src/onnx/schema.ts';
import { packageDigest, programHashes } from '../../src/package/digest.ts';
import type { Package, ProgramName } from '../../src/package/manifest.ts';
import { readPackage, readPackages } from '../../src/package/read.ts';
import { writePackage } from '../../src/package/write.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';

const good = tinyPackages.gradients();

/** The package with one program replaced, and hashes that agree. */
function withProgram(name: ProgramName, bytes: Uint8Array): Package {
  const programs = { ...good.programs, [name]: bytes };
  const hashes = programHashes(programs);
  return {
    manifest: {
      ...good.manifest,
      programs: hashes,
      digest: packageDigest(hashes, good.manifest.input.preprocessing),
    },
    programs,
  };
}

interface RawModel {
  graph: Record<string, unknown> & { node: { op_type: string; domain?: string; attribute: unknown[] }[] };
  [key: string]: unknown;
}

/** A scan node over a graph of one addition, which `change` has modified. */
function scanOf(change: (body: RawModel['graph']) => void = () => {}): RawModel['graph']['node'][number] {
  const body = {
    node: [{ op_type: 'Add', input: ['sum', 'item'], output: ['next'], attribute: [] }],
    input: [{ name: 'sum' }, { name: 'item' }],
    output: [{ name: 'next' }],
  };
  change(body);
  return { op_type: 'Scan', attribute: [{ name: 'body', type: 5, g: body }] };
}

/** Nested scans, `depth` of them in total. */
function scansWithin(depth: number): ReturnType<typeof scanOf> {
  return depth === 1 ? scanOf() : scanOf(({ node }) => node.push(scansWithin(depth - 1)));
}

/** The predict program after `change`. */
function withModel(change: (model: RawModel) => void): Package {
  const model = ModelProto.toObject(ModelProto.decode(good.programs.predict), { arrays: true }) as RawModel;
  change(model);
  return withProgram('predict', ModelProto.encode(ModelProto.fromObject(model)).finish());
}

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
    ['a name that is no folder name', { name: '../x' }, { pointer: '/name', got: '"../x"' }],
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

  const external = {
    name: 'w',
    dims: [1],
    data_type: 1,
    data_location: 1,
    external_data: [{ key: 'location', value: '.env' }],
  };
  const hostile: readonly [string, (model: RawModel) => void, RegExp][] = [
    [
      'values in another file',
      ({ graph }) => (graph.initializer as object[]).push(external),
      /no external data/,
    ],
    [
      'values in another file, not marked as such',
      ({ graph }) => (graph.initializer as object[]).push({ ...external, data_location: 0 }),
      /no external data/,
    ],
    ['functions', (model) => (model.functions = [{ name: 'f' }]), /no functions/],
    ['training info', (model) => (model.training_info = [{}]), /no training info/],
    [
      'sparse initializers',
      ({ graph }) => (graph.sparse_initializer = [{ dims: [1] }]),
      /no sparse initializers/,
    ],
    [
      'a nested graph',
      ({ graph }) => graph.node[0]?.attribute.push({ name: 'body', g: { name: 'inner' } }),
      /no nested graphs or tensors/,
    ],
    [
      'a tensor attribute',
      ({ graph }) => graph.node[0]?.attribute.push({ name: 'value', t: external }),
      /no nested graphs or tensors/,
    ],
    [
      'a scan that repeats what reads a file',
      ({ graph }) =>
        graph.node.push(scanOf(({ node }) => node.push({ op_type: 'ImageDecoder', attribute: [] }))),
      /standard arithmetic operators, got ImageDecoder/,
    ],
    [
      'a scan that repeats an operator of another domain',
      ({ graph }) => graph.node.push(scanOf(({ node }) => Object.assign(node[0] ?? {}, { domain: 'x' }))),
      /standard arithmetic operators, got x\.Add/,
    ],
    [
      'a scan whose numbers lie in another file',
      ({ graph }) => graph.node.push(scanOf((body) => Object.assign(body, { initializer: [external] }))),
      /no external data/,
    ],
    [
      'a scan with sparse initializers',
      ({ graph }) => graph.node.push(scanOf((body) => Object.assign(body, { sparse_initializer: [{}] }))),
      /no sparse initializers/,
    ],
    [
      'a tensor attribute within a scan',
      ({ graph }) =>
        graph.node.push(scanOf(({ node }) => node[0]?.attribute.push({ name: 'value', t: external }))),
      /no nested graphs or tensors/,
    ],
    [
      'a scan that holds a graph beside its body',
      ({ graph }) => graph.node.push(Object.assign(scanOf(), { attribute: [{ name: 'more', g: {} }] })),
      /no nested graphs or tensors/,
    ],
    [
      'a scan that holds several graphs',
      ({ graph }) =>
        graph.node.push(Object.assign(scanOf(), { attribute: [{ name: 'body', graphs: [{}] }] })),
      /no nested graphs or tensors/,
    ],
    [
      'control flow within a scan',
      ({ graph }) =>
        graph.node.push(
          scanOf(({ node }) => node.push({ op_type: 'If', attribute: [{ name: 'then_branch', g: {} }] })),
        ),
      /no nested graphs or tensors/,
    ],
    [
      'a scan whose body hands one of its own inputs on',
      ({ graph }) => graph.node.push(scanOf((body) => Object.assign(body, { output: [{ name: 'in' }] }))),
      /each output of a body to be the output of one of its nodes, once, got in/,
    ],
    [
      'a scan whose body gives one value twice',
      ({ graph }) =>
        graph.node.push(
          scanOf((body) =>
            Object.assign(body, {
              node: [{ op_type: 'Add', output: ['y'], attribute: [] }],
              output: [{ name: 'y' }, { name: 'y' }],
            }),
          ),
        ),
      /each output of a body to be the output of one of its nodes, once, got y/,
    ],
    ['a scan within a scan', ({ graph }) => graph.node.push(scansWithin(2)), /at most 1 deep, got more/],
    [
      'scans within each other beyond reason',
      ({ graph }) => graph.node.push(scansWithin(30)),
      /at most 1 deep, got more/,
    ],
    [
      'an operator of another domain',
      ({ graph }) => Object.assign(graph.node[0] ?? {}, { domain: 'com.microsoft' }),
      /com\.microsoft\./,
    ],
    ['control flow', ({ graph }) => Object.assign(graph.node[0] ?? {}, { op_type: 'Loop' }), /got Loop/],
    [
      'an operator that allocates gigabytes',
      ({ graph }) => {
        const raw_data = new Uint8Array(BigInt64Array.of(2n ** 34n).buffer);
        (graph.initializer as object[]).push({ name: 'size', dims: [1], data_type: 7, raw_data });
        const node = { op_type: 'ConstantOfShape', input: ['size'], output: ['large'], attribute: [] };
        graph.node.push(node);
      },
      /predict\.onnx: expected at most 16777216 elements made from constant sizes, got 17179869184 with ConstantOfShape/,
    ],
    [
      'an attribute whose content is not of its type',
      ({ graph }) => graph.node[0]?.attribute.push({ name: 'axis', type: 2, f: 0.5 }),
      /no attributes whose content is not of the type that they state/,
    ],
    [
      'random numbers',
      ({ graph }) => Object.assign(graph.node[0] ?? {}, { op_type: 'RandomNormal' }),
      /got RandomNormal/,
    ],
    [
      'another operator set',
      (model) => (model.opset_import as object[]).push({ domain: 'x', version: 1 }),
      /default domain/,
    ],
    [
      'an input it should not have',
      ({ graph }) => (graph.input as object[]).push({ name: 'more' }),
      /inputs: expected .+more/,
    ],
    [
      'one input whose name is written like two',
      ({ graph }) => {
        const [first, ...rest] = graph.input as { name: string }[];
        graph.input = [
          { ...first, name: `${rest.map(({ name }) => name).join(' [B]; ')} [B]; ${first?.name}` },
        ];
      },
      /inputs: expected/,
    ],
    ['no output', ({ graph }) => (graph.output = []), /outputs: expected y \[B, ways\], got/],
  ];
  it.each(hostile)('refuses a program with %s', async (_what, change, message) => {
    const refused = read(withModel(change));
    await expect(refused).rejects.toMatchObject({ code: 'invalid_package' });
    await expect(refused).rejects.toThrow(message);
  });

  it('reads a scan of allowed operators', async () => {
    const { programs } = await read(withModel(({ graph }) => graph.node.push(scanOf())));
    expect(decodeModel(programs.predict).nodes.at(-1)?.opType).toBe('Scan');
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
