import { beforeAll, describe, expect, it } from 'vitest';
import { curve, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const send = (method: 'POST' | 'PUT', url: string, payload: object) =>
  http.app.inject({ method, url, payload, headers: { prefer: 'wait=20' } });
const wave = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 0] };

beforeAll(async () => {
  await send('POST', '/tasks/points/adapt', points);
});

describe('null for an optional member means that it is absent', () => {
  const [example] = points.support;
  const adapts: [string, object][] = [
    ['settings', { ...points, settings: null }],
    ['a setting', { ...points, settings: { steps: null, rate: null, seed: null } }],
    ['metadata', { ...points, metadata: null }],
    ['a value of metadata', { ...points, metadata: { customer: null } }],
    ['mode', { ...points, mode: null }],
    ['a target', { ...points, support: points.support.map((each) => ({ ...each, target: null })) }],
    ['a label', { ...curve, support: curve.support.map((each) => ({ ...each, label: null })) }],
  ];
  it.each(adapts)('in adapt: %s', async (what, body) => {
    const answer = await send(
      'POST',
      `/tasks/null-${adapts.findIndex(([name]) => name === what)}/adapt`,
      body,
    );
    expect(answer.json()).toMatchObject({ status: 'succeeded' });
  });

  it('in adapt: the model of a task that has one', async () => {
    expect((await send('POST', '/tasks/points/adapt', { ...points, model: null })).statusCode).toBe(200);
  });

  it('in PUT', async () => {
    await send('PUT', '/tasks/put', { model: 'tiny-curve', metadata: { customer: '42' } });
    const answer = await send('PUT', '/tasks/put', { model: null, metadata: null });
    expect(answer.json()).toMatchObject({ model: 'tiny-curve', metadata: { customer: '42' } });
  });

  it.each<[string, object]>([
    ['id', { id: null, inputs: [wave] }],
    ['parameters', { parameters: null, inputs: [wave] }],
    ['a parameter', { parameters: { binary_data_output: null, priority: null }, inputs: [wave] }],
    ['outputs', { outputs: null, inputs: [wave] }],
    ['parameters of an output', { outputs: [{ name: 'label', parameters: null }], inputs: [wave] }],
    [
      'a parameter of an output',
      { outputs: [{ name: 'label', parameters: { binary_data: null } }], inputs: [wave] },
    ],
    ['parameters of an input', { inputs: [{ ...wave, parameters: null }] }],
    ['a parameter of an input', { inputs: [{ ...wave, parameters: { binary_data_size: null } }] }],
  ])('in the inference protocol: %s', async (_what, body) => {
    const answer = await send('POST', '/v2/models/points/infer', body);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).not.toHaveProperty('id');
    expect(answer.json().outputs.at(-1)).toMatchObject({ name: 'label', data: ['right'] });
  });

  it.each<[string, 'POST' | 'PUT', string, object, string]>([
    ['an input', 'POST', '/tasks/points/predict', { inputs: [null] }, '/inputs/0'],
    ['all inputs', 'POST', '/tasks/points/predict', { inputs: null }, '/inputs'],
    ['the support set', 'POST', '/tasks/points/adapt', { support: null }, '/support'],
    ['an example', 'POST', '/tasks/points/adapt', { support: [null] }, '/support/0'],
    [
      'the input of an example',
      'POST',
      '/tasks/points/adapt',
      { support: [{ ...example, input: null }] },
      '/support/0/input',
    ],
    ['a number', 'POST', '/tasks/points/predict', { inputs: [[1, null]] }, '/inputs/0/1'],
  ])('but null for %s counts as missing', async (_what, method, url, body, pointer) => {
    const answer = await send(method, url, body);
    expect(answer.json()).toMatchObject({ status: 400, pointer, got: 'null' });
  });

  it('is allowed in the API description', async () => {
    const { AdaptRequest, AdaptSettings, InferenceRequest, LabelledInput, TaskRequest } = (
      await http.app.inject({ url: '/openapi.json' })
    ).json().components.schemas;
    expect(AdaptRequest.properties.metadata.type).toEqual(['object', 'null']);
    expect(AdaptRequest.properties.settings.anyOf).toContainEqual({ type: 'null' });
    expect(AdaptSettings.properties.steps.type).toEqual(['integer', 'null']);
    expect(AdaptRequest.properties.mode.anyOf).toContainEqual({ type: 'null' });
    expect(LabelledInput.properties.target.anyOf).toContainEqual({ type: 'null' });
    expect(LabelledInput.properties.input).toEqual({ $ref: '#/components/schemas/Input' });
    expect(TaskRequest.properties.model.type).toEqual(['string', 'null']);
    expect(InferenceRequest.properties.id.type).toEqual(['string', 'null']);
  });
});
