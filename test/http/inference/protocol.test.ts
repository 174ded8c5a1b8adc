import { describe, expect, it } from 'vitest';
import { dataUrl, glyph, long, points } from '../support/bodies.ts';
import { inputX, startWithTasks } from './adapted-tasks.ts';

const { http, ids, adapt } = startWithTasks();
const get = (url: string) => http.app.inject({ url: `/v2${url}` });
const infer = (model: string, payload: object) =>
  http.app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, payload });
const predict = async (task: string, ...inputs: unknown[]) =>
  (await http.app.inject({ method: 'POST', url: `/tasks/${task}/predict`, payload: { inputs } })).json();

const x = (data: unknown, rest: object = {}) => inputX({ data, ...rest });
const twoPoints = x([-2, 0.2, 2, 0]);

interface Classified {
  readonly probabilities: { readonly left: number; readonly right: number };
}

describe('a server of the protocol', () => {
  it.each(['', '/'])('describes itself at /v2%s', async (url) => {
    const answer = await get(url);
    expect(answer.json()).toEqual({
      name: 'innerloop',
      version: '0.0.0',
      extensions: ['binary_tensor_data', 'classification'],
    });
  });

  it('is live and ready', async () => {
    expect((await get('/health/live')).json()).toEqual({ live: true });
    expect((await get('/health/ready')).json()).toEqual({ live: true, ready: true });
  });
});

describe('a model of the protocol', () => {
  it('is a task with its input and its outputs', async () => {
    expect((await get('/models/points')).json()).toEqual({
      name: 'points',
      versions: [ids.points],
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [
        { name: 'probabilities', datatype: 'FP32', shape: [-1, 2] },
        { name: 'label', datatype: 'BYTES', shape: [-1] },
      ],
    });
    expect((await get('/models/curve')).json()).toMatchObject({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 1] }],
      outputs: [{ name: 'value', datatype: 'FP32', shape: [-1, 1] }],
    });
  });

  it('is ready after its task is adapted', async () => {
    const ready = await get('/models/points/ready');
    expect([ready.statusCode, ready.json()]).toEqual([200, { name: 'points', ready: true }]);
    const not = await get('/models/fresh/ready');
    expect([not.statusCode, not.json()]).toEqual([503, { name: 'fresh', ready: false }]);
  });

  it('is not ready before its task is adapted, and says why', async () => {
    for (const answer of [await get('/models/fresh'), await infer('fresh', { inputs: [twoPoints] })]) {
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toEqual({
        error: 'Task fresh has no adaptation that has succeeded; none was submitted',
      });
    }
  });
});

describe('inference', () => {
  it('gives the same answers as /predict, in float32', async () => {
    const { predictions } = await predict('points', [-2, 0.2], [2, 0]);
    const answer = await infer('points', { id: '42', inputs: [twoPoints] });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({
      model_name: 'points',
      model_version: ids.points,
      id: '42',
      outputs: [
        {
          name: 'probabilities',
          shape: [2, 2],
          datatype: 'FP32',
          data: predictions.flatMap(({ probabilities: { left, right } }: Classified) =>
            [left, right].map(Math.fround),
          ),
        },
        { name: 'label', shape: [2], datatype: 'BYTES', data: ['left', 'right'] },
      ],
    });
  });

  it('answers values for regression', async () => {
    const { predictions } = await predict('curve', [0.5], [1]);
    const inputs = [{ name: 'x', shape: [2, 1], datatype: 'FP32', data: [[0.5], [1]] }];
    const answer = (await infer('curve', { inputs })).json();
    expect(answer).not.toHaveProperty('id');
    expect(answer.outputs).toEqual([
      {
        name: 'value',
        shape: [2, 1],
        datatype: 'FP32',
        data: predictions.map(({ value }: { value: number[] }) => value[0]),
      },
    ]);
  });

  it('accepts nested data in the given shape', async () => {
    const flat = await infer('points', { inputs: [twoPoints] });
    const nested = await infer('points', {
      inputs: [
        x([
          [-2, 0.2],
          [2, 0],
        ]),
      ],
    });
    expect(nested.json()).toEqual(flat.json());
  });

  it('accepts integers and booleans as numbers', async () => {
    const whole = (await infer('points', { inputs: [x([1, 0, 0, 1])] })).json();
    for (const datatype of ['INT8', 'UINT16', 'INT64', 'FP64']) {
      expect((await infer('points', { inputs: [x([1, 0, 0, 1], { datatype })] })).json()).toEqual(whole);
    }
    const truths = x([true, false, false, true], { datatype: 'BOOL' });
    expect((await infer('points', { inputs: [truths] })).json()).toEqual(whole);
  });

  it('accepts image files in base64, with or without a data URL, like /predict', async () => {
    const files = [glyph('knot', 2), glyph('gate', 1)];
    const { predictions } = await predict('glyphs', ...files.map(dataUrl));
    const outputs = [{ name: 'label' }];
    for (const data of [files.map(dataUrl), files.map((file) => file.toString('base64'))]) {
      const inputs = [{ name: 'x', shape: [2], datatype: 'BYTES', data }];
      const [label] = (await infer('glyphs', { inputs, outputs })).json().outputs;
      expect(label.data).toEqual(predictions.map((each: { label: string }) => each.label));
    }
  });

  it('answers the requested outputs in the requested order', async () => {
    const names = async (outputs: object[]) =>
      (await infer('points', { inputs: [twoPoints], outputs }))
        .json()
        .outputs.map(({ name }: { name: string }) => name);
    expect(await names([{ name: 'label' }, { name: 'probabilities' }])).toEqual(['label', 'probabilities']);
    expect(await names([{ name: 'label' }])).toEqual(['label']);
    expect(await names([])).toEqual(['probabilities', 'label']);
  });

  it('ranks labels if the request asks for classification', async () => {
    const ranked = async (classification: number) => {
      const outputs = [{ name: 'probabilities', parameters: { classification } }];
      return (await infer('points', { inputs: [twoPoints], outputs })).json().outputs;
    };
    const { predictions } = await predict('points', [-2, 0.2], [2, 0]);
    const [{ probabilities: first }, { probabilities: second }] = predictions;
    const data = [
      `${first.left.toFixed(6)}:0:left`,
      `${first.right.toFixed(6)}:1:right`,
      `${second.right.toFixed(6)}:1:right`,
      `${second.left.toFixed(6)}:0:left`,
    ];
    expect(await ranked(2)).toEqual([{ name: 'probabilities', shape: [2, 2], datatype: 'BYTES', data }]);
    expect(await ranked(9)).toEqual(await ranked(2));
    expect((await ranked(1))[0]).toMatchObject({ shape: [2, 1], data: [data[0], data[2]] });
  });

  it('ignores unknown parameters and members', async () => {
    const plain = await infer('points', { inputs: [twoPoints] });
    const parameters = { priority: 1, timeout: 'x', sequence_start: false };
    const outputs = ['probabilities', 'label'].map((name) => ({ name, parameters, kind: 'x' }));
    const inputs = [{ ...twoPoints, parameters, layout: 'x' }];
    const answer = await infer('points', { model_name: 'points', parameters, inputs, outputs });
    expect(answer.json()).toEqual(plain.json());
  });
});

describe('a version of a model', () => {
  const labelsOf = async (path: string) =>
    (await infer(path, { inputs: [twoPoints], outputs: [{ name: 'label' }] })).json();

  it('is any succeeded adaptation, current or not', async () => {
    const first = await adapt('versions', points);
    const renamed = points.support.map((each) => ({ ...each, label: `the ${each.label}` }));
    const second = await adapt('versions', { ...points, support: renamed });
    expect(await labelsOf('versions')).toMatchObject({
      model_version: second,
      outputs: [{ data: ['the left', 'the right'] }],
    });
    expect(await labelsOf(`versions/versions/${first}`)).toMatchObject({
      model_name: 'versions',
      model_version: first,
      outputs: [{ data: ['left', 'right'] }],
    });
    expect(await labelsOf(`versions/versions/${second}`)).toEqual(await labelsOf('versions'));
    const described = (await get(`/models/versions/versions/${first}`)).json();
    expect(described).toEqual({ ...(await get('/models/versions')).json(), versions: [first] });
    expect((await get(`/models/versions/versions/${first}/ready`)).json()).toEqual({
      name: 'versions',
      ready: true,
    });
  });

  it('is unknown before the adaptation has succeeded', async () => {
    const { id } = (
      await http.app.inject({ method: 'POST', url: '/tasks/slow/adapt', payload: long })
    ).json();
    for (const path of ['', '/ready']) {
      const answer = await get(`/models/slow/versions/${id}${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error).toMatch(
        /^Adaptation adp_\w+ is (queued|running): expected one that has succeeded$/,
      );
    }
    await http.app.inject({ method: 'POST', url: `/tasks/slow/adaptations/${id}/cancel` });
  });

  it.each(['1', 'adp_0', `adp_${'0'.repeat(32)}`, 'x'.repeat(200)])('%s is unknown', async (id) => {
    const answer = await infer(`points/versions/${id}`, { inputs: [twoPoints] });
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { error: 'Task points has no such adaptation' },
    ]);
  });

  it('of another task is unknown', async () => {
    expect((await get(`/models/points/versions/${ids.curve}`)).statusCode).toBe(404);
  });
});
