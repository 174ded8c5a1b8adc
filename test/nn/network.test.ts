import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { input, logSoftmax } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, regressor } from '../../src/nn/network.ts';
import { parameterInputs } from '../../src/nn/parameters.ts';
import { negativeSquaredDistances, prototypes } from '../../src/nn/prototypes.ts';
import { expectClose } from '../support/close.ts';
import { expectGradients, inputsOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { evaluateSampled, sampleFeeds } from '../support/reference/sampling/sample.ts';

const encoder = mlp([2, 4, 3]);
const net = classifier(encoder);
const theta = parameterInputs(net.parameters);
const support = { x: input('support_x', ['N', 2]), y: input('support_y', ['N', 'ways']) };
const query = { x: input('query_x', ['Q', 2]), y: input('query_y', ['Q', 'ways']) };
const one = { 'head.scale': { shape: [], data: Float64Array.of(1) } };
const labels = (n: number, ways: number) => ({
  shape: [n, ways],
  data: Float64Array.from({ length: n * ways }, (_, i) => (Math.floor(i / ways) % ways === i % ways ? 1 : 0)),
});

describe('classifier', () => {
  it.each([2, 3, 7])('starts as a prototypical network, with %i classes', (ways) => {
    const sizes = { N: 2 * ways, Q: 5, ways };
    const logits = net.forward(net.instantiate(theta, support), query.x);
    const centres = prototypes(encoder.apply(theta, support.x), support.y).prototypes;
    const distances = negativeSquaredDistances(encoder.apply(theta, query.x), centres);
    const feeds = { ...one, support_y: labels(2 * ways, ways) };
    const [actual, expected] = evaluateSampled(
      [logits, distances].map((each) => logSoftmax(each)),
      sizes,
      feeds,
    );
    expect(actual?.shape).toEqual([5, ways]);
    expectClose(actual, expected, 1e-12);
  });

  it('adapts body and head, but not the scale of the initial head', () => {
    const state = net.instantiate(theta, support);
    expect(Object.keys(state)).toEqual([...Object.keys(encoder.parameters), 'head.weight', 'head.bias']);
    expect([state['head.weight']?.shape, state['head.bias']?.shape]).toEqual([[3, 'ways'], ['ways']]);
  });

  it('has a gradient for every meta-parameter, through the initial head', async () => {
    const sizes = { N: 6, Q: 4, ways: 3 };
    const loss = net.loss(net.forward(net.instantiate(theta, support), query.x), query.y);
    const wrt = Object.values(theta);
    const gradients: readonly Value[] = gradient(loss, wrt);
    const feeds = {
      ...sampleFeeds(inputsOf([loss]), { sizes, positive: true }),
      support_y: labels(6, 3),
      query_y: labels(4, 3),
    };
    expectGradients({ loss, wrt, gradients }, feeds, sizes);
    await expectOnnxToAgree([loss, ...gradients], feeds, sizes);
  });
});

describe('regressor', () => {
  it('predicts the features and adapts all of its weights', () => {
    const plain = regressor(encoder);
    expect(plain).toMatchObject({ task: 'regression', inputShape: [2], outputShape: [3] });
    const params = parameterInputs(plain.parameters);
    expect(plain.instantiate(params, support)).toBe(params);
    expect(plain.forward(params, query.x).shape).toEqual(['Q', 3]);
  });
});
