import { describe, expect, it } from 'vitest';
import { dataUrl, glyph } from '../support/bodies.ts';
import { inputX, startWithTasks } from './adapted-tasks.ts';

const { http } = startWithTasks();
const infer = (model: string, payload: object) =>
  http.app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, payload });

it.each([
  ['GET', '/%762/models/none', 404],
  ['GET', '/v%32/nope', 404],
  ['DELETE', '/%76%32/models/none', 405],
  ['GET', '/v2/%ff', 400],
  ['GET', `/v2/models/${'x'.repeat(300)}`, 400],
  ['GET', `/v2/${'x'.repeat(300)}`, 404],
] as const)(
  'an error has the form of the protocol however its path is written: %s %s',
  async (method, url, status) => {
    const answer = await http.app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ error: expect.any(String) });
  },
);

it('an error outside of the protocol is a problem', async () => {
  for (const url of ['/v2x', '/v22/models/none', '/nope/v2/'])
    expect((await http.app.inject({ url })).json()).toMatchObject({ status: 404, code: 'not_found' });
});

const x = (data: unknown, rest: object = {}) => inputX({ data, ...rest });
const twoPoints = x([-2, 0.2, 2, 0]);

describe('inference refuses', () => {
  const faults: [string, object, RegExp][] = [
    ['no inputs', { inputs: [] }, /one input, x at \/inputs, got 0/],
    ['no inputs at all', {}, /an array at \/inputs, got nothing/],
    ['two inputs', { inputs: [twoPoints, twoPoints] }, /one input, x at \/inputs, got 2/],
    ['another input', { inputs: [x([], { name: 'y' })] }, /"x" at \/inputs\/0\/name, got "y"/],
    [
      'no data',
      { inputs: [x(undefined)] },
      /data or the parameter binary_data_size at \/inputs\/0\/data, got neither/,
    ],
    ['another shape', { inputs: [x([1], { shape: [1] })] }, /\[-1, 2\] at \/inputs\/0\/shape, got \[1\]/],
    ['a shape of no rows', { inputs: [x([], { shape: [0, 2] })] }, /from 1 to 4096 inputs, got 0/],
    ['a huge shape', { inputs: [x([], { shape: [1e15, 2] })] }, /2000000000000000 elements/],
    ['a negative shape', { inputs: [x([], { shape: [-1, 2] })] }, /≥ 0 at \/inputs\/0\/shape\/0, got -1/],
    ['too few data', { inputs: [x([1, 2, 3])] }, /4 elements .* at \/inputs\/0\/data, got 3/],
    ['no number', { inputs: [x([1, 2, null, 4])] }, /finite 32-bit number at \/inputs\/0\/data\/2, got null/],
    [
      'another datatype',
      { inputs: [x([1], { datatype: 'fp32' })] },
      /one of BOOL, .*BYTES at .*\/datatype, got "fp32"/,
    ],
    ['a datatype of objects', { inputs: [x([1], { datatype: 'constructor' })] }, /one of BOOL/],
    ['half precision in JSON', { inputs: [x([1, 2, 3, 4], { datatype: 'FP16' })] }, /the binary form/],
    [
      'images for a package of numbers',
      { inputs: [x(['AAAA'], { datatype: 'BYTES', shape: [1] })] },
      /numbers of shape \[2\]; got text \(\/inputs\/0\/data\/0\)/,
    ],
    [
      'an answer that is not finite',
      { inputs: [x([0, 0, 3e38, 3e38])] },
      /no finite answer .*\(\/inputs\/0\/data\/1\)/,
    ],
    [
      'another output',
      { inputs: [twoPoints], outputs: [{ name: 'y' }] },
      /one of probabilities, label at \/outputs\/0/,
    ],
    [
      'an output twice',
      { inputs: [twoPoints], outputs: [{ name: 'label' }, { name: 'label' }] },
      /each output only once at \/outputs\/1\/name/,
    ],
    [
      'classification of labels',
      { inputs: [twoPoints], outputs: [{ name: 'label', parameters: { classification: 1 } }] },
      /only for the output probabilities/,
    ],
    [
      'classification of nothing',
      { inputs: [twoPoints], outputs: [{ name: 'probabilities', parameters: { classification: 0 } }] },
      /≥ 1/,
    ],
    [
      'a parameter that is a list',
      { inputs: [twoPoints], parameters: { a: [] } },
      /a text, a number, true or false at/,
    ],
    ['an id that is not a text', { id: 42, inputs: [twoPoints] }, /a string at \/id, got 42/],
  ];

  it.each(faults)('%s', async (_what, body, error) => {
    const answer = await infer('points', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({ error: expect.stringMatching(error) });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'text for an image',
      'hello!',
      /a file in base64 .* at \/inputs\/0\/data\/1, got "!" at character 5 of "hello!"/,
    ],
    ['a number for an image', 1, /a file in base64/],
    ['a file that is none', 'aGVsbG8=', /PNG, JPEG or WebP file at \/inputs\/0\/data\/1, got 5 bytes/],
  ])('%s', async (_what, element, error) => {
    const data = [dataUrl(glyph('gate', 1)), element];
    const answer = await infer('glyphs', { inputs: [x(data, { datatype: 'BYTES', shape: [2] })] });
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringMatching(error) }]);
  });

  it.each<[string, string, string | undefined, number]>([
    ['no JSON', '{"inputs"', 'application/json', 400],
    ['a prototype', '{"__proto__":{}}', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['text', 'x', 'text/plain', 415],
    ['a form', 'x', 'multipart/form-data; boundary=x', 415],
  ])('a body of %s', async (_what, payload, type, status) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const answer = await http.app.inject({
      method: 'POST',
      url: '/v2/models/points/infer',
      payload,
      headers,
    });
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { error: expect.stringMatching(/^(Expected|Body cannot be empty)/) },
    ]);
  });

  it('a body in an unsupported content encoding', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'zstd' };
    const answer = await http.app.inject({
      method: 'POST',
      url: '/v2/models/points/infer',
      payload: 'x',
      headers,
    });
    expect([answer.statusCode, answer.json().error]).toEqual([415, expect.stringMatching(/got zstd/)]);
  });

  it.each([
    ['GET', '/models/nowhere', 404],
    ['GET', '/models/nowhere/ready', 404],
    ['POST', '/models/nowhere/infer', 404],
    ['GET', '/models/a%20b', 404],
    ['GET', '/models', 404],
    ['POST', '/repository/index', 404],
    ['DELETE', '/models/points', 405],
    ['GET', '/models/%ff', 400],
  ] as const)('%s /v2%s', async (method, url, status) => {
    const body = method === 'POST' ? { payload: { inputs: [twoPoints] } } : {};
    const answer = await http.app.inject({ method, url: `/v2${url}`, ...body });
    expect([answer.statusCode, answer.json()]).toEqual([status, { error: expect.any(String) }]);
  });
});
