import { describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const http = startApp({ byKind: true });
const post = async (url: string, payload: object) => {
  const answer = await http.app.inject({ method: 'POST', url, payload, headers: { prefer: 'wait=20' } });
  return { status: answer.statusCode, body: answer.json() };
};

/** Readings [3, 4] around a level. */
const readings = (level: number) =>
  Array.from({ length: 3 }, (_, axis) => Array.from({ length: 4 }, (_, i) => level + (axis - i) / 100));

describe('windows of numbers', () => {
  const support = [
    ...[1, 1.1].map((level) => ({ label: 'still', input: readings(level) })),
    ...[-1, -1.1].map((level) => ({ label: 'moving', input: readings(level) })),
  ];
  const packed = (level: number) => ({
    shape: [3, 4],
    dtype: 'float32',
    data: Buffer.from(Float32Array.from(readings(level).flat()).buffer).toString('base64'),
  });

  it('are examples and inputs of a package over their encoder, nested and packed', async () => {
    const adapted = await post('/tasks/sensor/adapt', { model: 'windows', support });
    expect(adapted).toMatchObject({ status: 200, body: { status: 'succeeded', warnings: [] } });
    const inputs = [readings(1.05), packed(-1.05), packed(1.2)];
    const { body } = await post('/tasks/sensor/predict', { inputs });
    const labels = body.predictions.map((each: { label: string }) => each.label);
    expect(labels).toEqual(['still', 'moving', 'still']);
  });

  it('are a tensor of the inference protocol', async () => {
    await post('/tasks/sensor/adapt', { model: 'windows', support });
    const { inputs } = (await http.app.inject({ url: '/v2/models/sensor' })).json();
    expect(inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1, 3, 4] }]);
    const data = [...readings(-1.02).flat(), ...readings(1).flat()];
    const x = { name: 'x', datatype: 'FP32', shape: [2, 3, 4], data };
    const { body } = await post('/v2/models/sensor/infer', { inputs: [x], outputs: [{ name: 'label' }] });
    expect(body.outputs).toMatchObject([{ name: 'label', data: ['moving', 'still'] }]);
  });

  it.each([
    ['another shape', readings(1).slice(1), '/inputs/0', /an array of 3 \(dimension 0 of shape \[3, 4\]\)/],
    ['a text', 'still', '/inputs/0', /reads numbers of shape \[3, 4\]; got text/],
    [
      'a packed tensor of another shape',
      { ...packed(1), shape: [4, 3] },
      '/inputs/0/shape',
      /Expected \[3, 4\]/,
    ],
  ])('are refused with %s', async (_, input, pointer, detail) => {
    await post('/tasks/sensor/adapt', { model: 'windows', support });
    const { status, body } = await post('/tasks/sensor/predict', { inputs: [input] });
    expect(body).toMatchObject({ pointer, detail: expect.stringMatching(detail) });
    expect(status).toBe(400);
  });
});

describe('texts as tokens', () => {
  const words = ['card', 'Where is my card, and who has it?'];
  const support = words.map((text, i) => ({ label: `label ${i}`, input: text }));

  it('are examples and inputs, and a long one is cut with a warning', async () => {
    expect(await post('/tasks/tokens/adapt', { model: 'sentences', support })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
    const inputs = ['card', 'card '.repeat(40), '日本語'];
    const { body } = await post('/tasks/tokens/predict', { inputs });
    expect(body.predictions[0]).toMatchObject({ label: 'label 0', warnings: [] });
    expect(body.predictions[1].warnings).toMatchObject([{ code: 'text_cut', pointer: '/inputs/1' }]);
    expect(body.predictions[2].warnings).toMatchObject([{ code: 'unknown_script', pointer: '/inputs/2' }]);
  });

  it('that are empty are not examples, and get a warning as inputs', async () => {
    const empty = { model: 'sentences', support: [...support, { label: 'label 0', input: '  ' }] };
    expect(await post('/tasks/none/adapt', empty)).toMatchObject({
      status: 400,
      body: { pointer: '/support/2/input', got: 'an empty text' },
    });
    await post('/tasks/tokens/adapt', { model: 'sentences', support });
    const { body } = await post('/tasks/tokens/predict', { inputs: [''] });
    expect(body.predictions[0].warnings).toMatchObject([{ code: 'empty_text' }]);
  });
});

it('lists how each encoder prepares its inputs', async () => {
  const { data } = (await http.app.inject({ url: '/encoders' })).json();
  const preparations = Object.fromEntries(
    data.map((each: { name: string; preparation: object }) => [each.name, each.preparation]),
  );
  expect(preparations['tiny-tensor']).toEqual({ kind: 'tensor' });
  expect(preparations['tiny-tokens-t']).toEqual({
    kind: 'text',
    maxTokens: 16,
    tokens: { ids: 'input_ids', mask: 'attention_mask', types: 'token_type_ids', pad: 0 },
  });
});
