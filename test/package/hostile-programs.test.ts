import { beforeEach, describe, expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/decode.ts';
import { ModelProto } from '../../src/onnx/schema.ts';
import type { Package } from '../../src/package/manifest.ts';
import { readPackage } from '../../src/package/read.ts';
import { writePackage } from '../../src/package/write.ts';
import { scratchFolder } from '../support/scratch.ts';
import { good, withProgram } from './with-program.ts';

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
  const read = async (pkg: Package) => {
    await writePackage(folder, pkg);
    return readPackage(folder);
  };

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
});
