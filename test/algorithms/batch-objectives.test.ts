import { describe, expect, it } from 'vitest';
import {
  classifierParameters,
  distillationObjective,
  regressorParameters,
  supervisedObjective,
} from '../../src/algorithms/batch-objectives.ts';
import { blocksOf } from '../../src/graph/cut/blocks.ts';
import { cut } from '../../src/graph/cut/cut.ts';
import type { Program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { encoderEnd } from '../../src/nn/encoder-end.ts';
import { classifier } from '../../src/nn/network.ts';
import type { ParameterSpecs } from '../../src/nn/parameters.ts';
import type { Tensors } from '../../src/tensor.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import { smallTrunk } from '../support/encoders/small-trunk.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { expectGradients } from '../support/reference/gradients.ts';
import type { Feeds } from '../support/reference/interpreter.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const CLASSES = 3;
const TEACHER = 5;
const N = 4;

/** The end of a convolutional network. */
function endOfNetwork() {
  const { features } = smallTrunk();
  const parts = cut(features, blocksOf(features).at(-1)?.input as Value);
  const views = { parts: [{ name: 'all', start: 0, width: 6, centre: true }], length: 1 };
  return classifier(encoderEnd(parts, views));
}
const net = endOfNetwork();
const parametersWith = (own: ParameterSpecs): ParameterSpecs => ({ ...net.parameters, ...own });

const objectives: Readonly<Record<string, readonly [ParameterSpecs, (all: ParameterSpecs) => Program]>> = {
  supervised: [classifierParameters(net, CLASSES), (all) => supervisedObjective(net, all, 0.1)],
  distillation: [regressorParameters(net, TEACHER), (all) => distillationObjective(net, all)],
};

const asFeeds = (tensors: Tensors): Feeds =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data) },
    ]),
  );

/** One-hot labels of four examples. */
const labels = { shape: [N, CLASSES], data: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0) };

function feedsOf(program: Program, parameters: ParameterSpecs): Feeds {
  const weights = asFeeds(startWeights(parameters, createRandom(3)));
  const sampled = sampleFeeds(program.inputs, { seed: 2, sizes: { N } });
  return { ...sampled, ...weights, ...('y' in sampled && { y: labels }) };
}

describe.each(Object.entries(objectives))('the %s objective', (_name, [own, build]) => {
  const parameters = parametersWith(own);
  const program = build(parameters);
  const feeds = feedsOf(program, parameters);

  it('has the gradients that central differences have, to every weight', () => {
    const wrt = program.inputs.filter(({ attributes }) => Object.hasOwn(parameters, attributes.name));
    const gradients = wrt.map(({ attributes: { name } }) => program.outputs[`gradient/${name}`] as Value);
    expect(wrt).toHaveLength(Object.keys(parameters).length);
    expectGradients({ loss: program.outputs.loss as Value, wrt, gradients }, feeds, { N });
    const found = evaluate(gradients, feeds, { N });
    const still = wrt.filter((_, i) => found[i]?.data.every((each) => each === 0));
    // The head of gradient steps is no part of these objectives, and one view alone has no share to learn.
    expect(still.map(({ attributes }) => attributes.name)).toEqual(['views.join', 'head.scale']);
  });

  it('has rates for new weights that are larger than for those of the encoder', () => {
    const relative = (name: string) => {
      const { size = 1, start } = parameters[name] as ParameterSpecs[string];
      const values =
        startWeights({ [name]: { shape: [100], start } }, createRandom(1))[name]?.data ?? new Float32Array();
      return size / Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    };
    const [newest = ''] = Object.keys(own);
    expect(relative(newest)).toBeGreaterThan(5);
    expect(relative(newest)).toBeLessThan(20);
  });
});

describe('the supervised objective', () => {
  const [own] = objectives.supervised as NonNullable<typeof objectives.supervised>;
  const parameters = parametersWith(own);
  const lossWith = (smoothing: number) => {
    const program = supervisedObjective(net, parameters, smoothing);
    const feeds = feedsOf(program, parameters);
    const [loss, output] = evaluate([program.outputs.loss, program.outputs.output] as Value[], feeds, { N });
    return { loss: loss?.data[0] ?? 0, logits: output?.data ?? [] };
  };

  it('is the mean cross-entropy of the labels, of which smoothing gives a part to all classes', () => {
    const { loss, logits } = lossWith(0.3);
    const rows = [0, 1, 2, 3].map((row) => [...logits].slice(row * CLASSES, (row + 1) * CLASSES));
    const expected = rows.map((row, i) => {
      const log = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
      return row.reduce((sum, z, c) => {
        const target = 0.7 * (labels.data[i * CLASSES + c] ?? 0) + 0.3 / CLASSES;
        return sum - target * (z - log);
      }, 0);
    });
    expect(loss).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / N, 6);
  });

  it('starts with logits that are 16 times a cosine', () => {
    expect(Math.max(...lossWith(0).logits.map(Math.abs))).toBeLessThanOrEqual(16 + 1e-6);
  });
});

describe('the distillation objective', () => {
  const [own, build] = objectives.distillation as NonNullable<typeof objectives.distillation>;
  const parameters = parametersWith(own);

  it('is 0 for features that the map predicts, whatever their length', () => {
    const program = build(parameters);
    const feeds = feedsOf(program, parameters);
    const bias = { shape: [TEACHER], data: Float64Array.of(1, -2, 3, 0.5, 1) };
    const teacher = {
      shape: [N, TEACHER],
      data: Float64Array.from(
        { length: N * TEACHER },
        (_, i) => (1 + Math.floor(i / TEACHER)) * (bias.data[i % TEACHER] ?? 0),
      ),
    };
    const map = { shape: [6, TEACHER], data: new Float64Array(6 * TEACHER) };
    const given = { ...feeds, teacher, 'regressor.weight': map, 'regressor.bias': bias };
    const [loss] = evaluate([program.outputs.loss as Value], given, { N });
    expect(loss?.data[0]).toBeCloseTo(0, 6);
    const turned = { ...given, teacher: { ...teacher, data: teacher.data.map((t) => -t) } };
    expect(evaluate([program.outputs.loss as Value], turned, { N })[0]?.data[0]).toBeCloseTo(2, 6);
  });
});
