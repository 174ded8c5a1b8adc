import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src/autodiff/gradient.ts';
import { sampleInputs } from '../../../src/encoders/import/checks/sample-inputs.ts';
import { tapOf } from '../../../src/encoders/import/find-features.ts';
import { inputsOf } from '../../../src/encoders/import/find-inputs.ts';
import type { ForeignTensor, ImportKind } from '../../../src/encoders/import/options.ts';
import { readModel } from '../../../src/encoders/import/read-model.ts';
import { encodeProgram } from '../../../src/graph/export/encode.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input, mul, reduceSum } from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import { substitute } from '../../../src/graph/rewriting/rewrite.ts';
import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import type { OnnxModel } from '../../../src/onnx/model.ts';
import { createRandom } from '../../../src/training/random.ts';
import { initializer } from '../../graph/import/foreign-node.ts';
import { centralDifferences } from '../../support/reference/central-differences.ts';
import { evaluate } from '../../support/reference/evaluate.ts';
import { runOnce } from '../../support/run-once.ts';
import { importBytes } from './import-options.ts';
import { networks } from './networks.ts';

/** A folder of foreign models, which are imported too. */
const FOLDER = process.env.INNERLOOP_FOREIGN_MODELS ?? '';
const files = FOLDER === '' ? [] : readdirSync(FOLDER).filter((file) => file.endsWith('.onnx'));

const maxBytes = 2 ** 30;

/** What a model reads, by the shapes of its inputs. */
function kindOf({ inputs, initializers }: OnnxModel): ImportKind {
  const weights = new Set(initializers.map(({ name }) => name));
  const given = inputs.filter(({ name }) => !weights.has(name));
  const [first] = given;
  if (given.some(({ name }) => /input_ids/.test(name))) return 'text';
  if (first?.shape.length === 4) return 'image';
  const isFlat = first?.shape.slice(1, -1).every((dim) => dim === 1) ?? false;
  return isFlat && first?.elementType === 1 && Number(first.shape.at(-1)) >= 1000 ? 'audio' : 'vector';
}

/** Files may state weights that are all equal, to stay small. Random ones say more. */
function withRandomWeights(model: OnnxModel): OnnxModel {
  const random = createRandom(11);
  const shapes = new Map(model.initializers.map((each) => [each.name, each]));
  const made = model.nodes.flatMap(({ opType, inputs, outputs }) => {
    const shape = opType === 'ConstantOfShape' ? shapes.get(inputs[0] ?? '') : undefined;
    if (shape?.dataType !== 7) return [];
    const view = new DataView(shape.raw.buffer, shape.raw.byteOffset, shape.raw.byteLength);
    const dims = Array.from({ length: shape.raw.byteLength / 8 }, (_, i) =>
      Number(view.getBigInt64(8 * i, true)),
    );
    const size = dims.reduce((a, b) => a * b, 1);
    if (size > 2 ** 23) return [];
    const spread = 1 / Math.sqrt(Math.max(1, size / (dims[0] ?? 1)));
    const numbers = Array.from({ length: size }, () =>
      dims.length > 1 ? spread * random.normal() : 0.5 + random.uniform(),
    );
    return [
      { output: outputs[0] ?? '', initializer: initializer(outputs[0] ?? '', { shape: dims, numbers }) },
    ];
  });
  if (made.length === 0) return model;
  const replaced = new Set(made.map(({ output }) => output));
  return {
    ...model,
    nodes: model.nodes.filter(({ outputs }) => !replaced.has(outputs[0] ?? '')),
    initializers: [...model.initializers, ...made.map((each) => each.initializer)],
  };
}

type Feeds = Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }>;

/** Σ features ⊙ v for random v, what it is differentiated by, and numbers for all its inputs. */
function lossOf(model: OnnxModel, kind: ImportKind): { loss: Value; wrt: Value<'Input'>; feeds: Feeds } {
  const inputs = inputsOf(model, kind, { maxTokens: 8 });
  const { tensor } = tapOf(model);
  const { tensors } = importGraph(model, { inputs: inputs.values, wanted: [tensor], maxBytes });
  const y = tensors.get(tensor) as Value;
  const random = createRandom(5);
  const shape = y.shape.map(Number);
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
  const samples = sampleInputs(inputs.inputs, 40, 1);
  const own = inputs.manifest.map(({ name, shape: dims }, i) => {
    const { numbers } = samples[inputs.inputs[i]?.name ?? ''] as ForeignTensor;
    return [name, { shape: dims.map(Number), data: Float64Array.from(numbers) }] as const;
  });
  const feeds: Feeds = { ...Object.fromEntries(own), v: { shape, data } };
  const loss = reduceSum(mul(y, input('v', shape)));
  const [first] = inputs.own;
  if (first?.dtype === 'float32' && kind !== 'vector') return { loss, wrt: first, feeds };
  // Ids have no gradient, so the first weights become an input.
  const weights = topologicalOrder([loss]).find(
    (each): each is Value<'Constant'> =>
      isOp(each, 'Constant') &&
      each.attributes.name !== undefined &&
      each.dtype === 'float32' &&
      each.shape.length > 1,
  );
  if (!weights) throw new RangeError('Expected weights, got none');
  const wrt = input('weights', weights.shape);
  const [replaced] = substitute([loss], new Map([[weights, wrt]]));
  feeds.weights = {
    shape: weights.shape.map(Number),
    data: Float64Array.from(weights.attributes.data, Number),
  };
  return { loss: replaced as Value, wrt, feeds };
}

describe.each(Object.entries(networks))('the gradient of %s', (_, make) => {
  it('equals central differences in float64, along a random direction', () => {
    const { bytes, kind } = make();
    const { loss, wrt, feeds } = lossOf(readModel(bytes), kind);
    const [dx] = evaluate(gradient(loss, [wrt]), feeds);
    const random = createRandom(9);
    const direction = Float64Array.from(dx?.data ?? [], () => random.normal());
    const along = (dx?.data ?? new Float64Array()).reduce(
      (sum, each, i) => sum + each * (direction[i] ?? 0),
      0,
    );
    const [expected = Number.NaN] = centralDifferences(loss, wrt.attributes.name, [direction], feeds);
    expect(Math.abs(along - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
    expect(Math.abs(along)).toBeGreaterThan(1e-6);
  });
});

describe.skipIf(files.length === 0).each(files)('the model %s', (file) => {
  const bytes = () => readFileSync(join(FOLDER, file));

  it('is computed as the original computes it, as values', async () => {
    const model = readModel(bytes());
    const kind = kindOf(model);
    const random = withRandomWeights(model);
    const given = random === model ? bytes() : encodeModel(random);
    const { report } = await importBytes(given, kind, { maxBytes });
    expect(report.difference).toBeLessThan(1e-4);
    expect(report.form).toBe('values');
  });

  it('has gradients that equal differences', async () => {
    const model = withRandomWeights(readModel(bytes()));
    const kind = kindOf(model);
    const { loss, wrt, feeds } = lossOf(model, kind);
    const { name } = wrt.attributes;
    const [dx] = gradient(loss, [wrt]);
    const run = async (outputs: Readonly<Record<string, Value>>, given: Feeds) => {
      const inputs = topologicalOrder(Object.values(outputs)).filter((each) => isOp(each, 'Input'));
      const named = inputs.map(({ attributes, dtype }) => {
        const { shape, data } = given[attributes.name] ?? { shape: [], data: new Float64Array() };
        const numbers = dtype === 'float32' ? Float32Array.from(data) : data;
        return [
          attributes.name,
          { type: dtype === 'float32' ? 'float32' : 'int64', shape, numbers } as ForeignTensor,
        ] as const;
      });
      const bytes = encodeProgram(program('f', inputs, outputs));
      return runOnce(bytes, Object.fromEntries(named), Object.keys(outputs));
    };
    const slope = (await run({ dx: dx as Value }, feeds)).dx?.numbers ?? new Float32Array();
    expect(slope.every((each) => Number.isFinite(each))).toBe(true);
    const length = Math.sqrt(Array.from(slope).reduce((sum, each) => sum + each * each, 0));
    if (length < 1e-6) return;
    // Along the gradient itself, where the loss rises most: it is above the noise of float32 there.
    const start = feeds[name] ?? { shape: [], data: new Float64Array() };
    const scale = Math.sqrt(start.data.reduce((sum, x) => sum + x * x, 0)) || 1;
    const errors: number[] = [];
    for (const step of [1e-2, 3e-3, 1e-3, 3e-4, 1e-4].map((each) => each * scale)) {
      const at = async (shift: number) => {
        const data = start.data.map((x, i) => x + (shift * (slope[i] ?? 0)) / length);
        return Number((await run({ loss }, { ...feeds, [name]: { ...start, data } })).loss?.numbers[0]);
      };
      const rise = ((await at(step)) - (await at(-step))) / (2 * step);
      errors.push(Math.abs(rise - length) / length);
    }
    // Networks of piecewise lines bend within any step that is large enough for float32.
    expect(Math.min(...errors)).toBeLessThan(0.1);
  });
});
