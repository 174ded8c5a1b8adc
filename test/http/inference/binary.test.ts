import { describe, expect, it } from 'vitest';
import { glyph } from '../support/bodies.ts';
import { inputX, startWithTasks } from './adapted-tasks.ts';
import { binaryRequest, byteStrings, fourNumbers, fp32, hex, takeApart } from './bodies.ts';

const { http, ids } = startWithTasks();
const send = (model: string, request: { payload: Buffer; headers?: Record<string, string> }) =>
  http.app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, ...request });
const infer = async (model: string, payload: object) =>
  (await http.app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, payload })).json();

const x = (size: number, rest: object = {}) => inputX({ parameters: { binary_data_size: size }, ...rest });
const inJson = { name: 'x', shape: [2, 2], datatype: 'FP32', data: [-2, 0.5, 2, 0] };

describe('the binary form', () => {
  it('is read and written byte by byte as in the specification of the extension', async () => {
    const request = Buffer.concat([
      Buffer.from(
        '{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","parameters":{"binary_data_size":16}}],' +
          '"outputs":[{"name":"label","parameters":{"binary_data":true}}]}',
      ),
      fourNumbers,
    ]);
    expect(request).toHaveLength(157 + 16);
    const headers = { 'inference-header-content-length': '157' };
    const answer = await send('points', { payload: request, headers });
    const json =
      `{"model_name":"points","model_version":"${ids.points}","outputs":` +
      '[{"name":"label","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":17}}]}';
    // A length, l e f t, a length, r i g h t.
    const tensors = '04000000 6c656674 05000000 7269676874';
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(json.length),
      'content-length': String(json.length + 17),
    });
    expect(answer.rawPayload.toString('hex')).toBe(
      Buffer.concat([Buffer.from(json), hex(tensors)]).toString('hex'),
    );
  });

  it('gives the same numbers as JSON', async () => {
    const plain = await infer('points', { inputs: [inJson] });
    const parameters = { binary_data_output: true };
    const answer = await send('points', binaryRequest({ inputs: [x(16)], parameters }, fourNumbers));
    const { json, tensors, rest } = takeApart(answer);
    const [probabilities, label] = plain.outputs;
    expect(tensors).toEqual({
      probabilities: fp32(...probabilities.data),
      label: byteStrings(...label.data.map((text: string) => Buffer.from(text))),
    });
    expect(rest).toBe(0);
    expect(json.outputs).toEqual([
      { name: 'probabilities', shape: [2, 2], datatype: 'FP32', parameters: { binary_data_size: 16 } },
      { name: 'label', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: 17 } },
    ]);
  });

  it('gets an answer in JSON by default', async () => {
    const answer = await send('points', binaryRequest({ id: 'a', inputs: [x(16)] }, fourNumbers));
    expect(answer.headers).not.toHaveProperty('inference-header-content-length');
    expect(answer.json()).toEqual(await infer('points', { id: 'a', inputs: [inJson] }));
  });

  it.each([
    [
      { binary_data_output: true },
      [{ name: 'probabilities', parameters: { binary_data: false } }, { name: 'label' }],
    ],
    [{}, [{ name: 'probabilities' }, { name: 'label', parameters: { binary_data: true } }]],
    [
      { binary_data_output: false },
      [{ name: 'probabilities' }, { name: 'label', parameters: { binary_data: true } }],
    ],
  ])('may be mixed with JSON in one answer: %j %j', async (parameters, outputs) => {
    const payload = { inputs: [inJson], parameters, outputs };
    const answer = await http.app.inject({ method: 'POST', url: '/v2/models/points/infer', payload });
    const { json, tensors, rest } = takeApart(answer);
    const [probabilities] = (await infer('points', { inputs: [inJson] })).outputs;
    expect(json.outputs).toEqual([
      probabilities,
      { name: 'label', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: 17 } },
    ]);
    expect([tensors.label?.length, rest]).toEqual([17, 0]);
  });

  it('is read at any alignment', async () => {
    const plain = await infer('points', { inputs: [inJson] });
    for (let i = 0; i < 9; i++) {
      // The JSON grows by one byte each time, which moves the tensor.
      const request = binaryRequest({ inputs: [x(16)], pad: ' '.repeat(i) }, fourNumbers);
      expect((await send('points', request)).json()).toEqual(plain);
    }
  });

  it.each([
    ['UINT8', '01 00 00 01'],
    ['BOOL', '01 00 00 01'],
    ['INT16', '0100 0000 0000 0100'],
    ['UINT32', '01000000 00000000 00000000 01000000'],
    ['INT64', '0100000000000000 0000000000000000 0000000000000000 0100000000000000'],
    ['FP16', '003c 0000 0000 003c'],
    ['FP64', '000000000000f03f 0000000000000000 0000000000000000 000000000000f03f'],
  ])('of %s holds the same numbers', async (datatype, text) => {
    const plain = await infer('points', { inputs: [{ ...inJson, data: [1, 0, 0, 1] }] });
    const bytes = hex(text);
    const answer = await send('points', binaryRequest({ inputs: [x(bytes.length, { datatype })] }, bytes));
    expect(answer.json()).toEqual(plain);
  });

  it('of BYTES holds image files', async () => {
    const files = [glyph('knot', 1), glyph('gate', 2), glyph('gate', 1)];
    const data = files.map((file) => file.toString('base64'));
    const plain = await infer('glyphs', { inputs: [{ name: 'x', shape: [3], datatype: 'BYTES', data }] });
    const bytes = byteStrings(...files);
    const input = x(bytes.length, { shape: [3], datatype: 'BYTES' });
    expect((await send('glyphs', binaryRequest({ inputs: [input] }, bytes))).json()).toEqual(plain);
  });

  it('can contain pictures as numbers', async () => {
    const bytes = Buffer.alloc(28 * 28);
    const input = x(bytes.length, { shape: [1, 1, 28, 28], datatype: 'UINT8' });
    const answer = await send('glyphs', binaryRequest({ inputs: [input] }, bytes));
    expect(answer.json().outputs[0].shape).toEqual([1, 2]);
  });
});

describe('a body with only one tensor and no JSON', () => {
  const alone = (payload: Buffer) => ({ payload, headers: { 'inference-header-content-length': '0' } });

  it('is a batch of one, with an answer in binary form', async () => {
    const { json, tensors, rest } = takeApart(await send('points', alone(hex('000000c0 0000003f'))));
    const input = { ...inJson, shape: [1, 2], data: [-2, 0.5] };
    const [probabilities] = (await infer('points', { inputs: [input] })).outputs;
    expect(json).toMatchObject({ model_version: ids.points, outputs: [{ shape: [1, 2] }, { shape: [1] }] });
    expect(tensors).toEqual({
      probabilities: fp32(...probabilities.data),
      label: hex('04000000 6c656674'),
    });
    expect(rest).toBe(0);
    expect(takeApart(await send('curve', alone(hex('0000003f')))).tensors.value).toHaveLength(4);
  });

  it('is a picture if the package takes pictures', async () => {
    const { tensors } = takeApart(await send('glyphs', alone(glyph('knot', 1))));
    expect(tensors.label).toEqual(hex('04000000 6b6e6f74'));
  });

  it('must be as long as one input', async () => {
    const answer = await send('points', alone(fourNumbers));
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { error: 'Expected 8 bytes (2 × 4, of shape [1, 2]) at /inputs/0/data, got 16 bytes' },
    ]);
    expect((await send('glyphs', alone(fourNumbers))).json().error).toMatch(/PNG, JPEG or WebP/);
  });
});
