import { describe, expect, it } from 'vitest';
import { inputX, startWithTasks } from './adapted-tasks.ts';
import { binaryRequest, fourNumbers, fp32, hex } from './bodies.ts';

const { http } = startWithTasks();
const send = (model: string, request: { payload: Buffer; headers?: Record<string, string> }) =>
  http.app.inject({ method: 'POST', url: `/v2/models/${model}/infer`, ...request });

const x = (size: number, rest: object = {}) => inputX({ parameters: { binary_data_size: size }, ...rest });
const inJson = { name: 'x', shape: [2, 2], datatype: 'FP32', data: [-2, 0.5, 2, 0] };

describe('the binary form is refused if', () => {
  const good = binaryRequest({ inputs: [x(16)] }, fourNumbers);
  const withLength = (length: string) => ({
    ...good,
    headers: { ...good.headers, 'inference-header-content-length': length },
  });

  it.each(['-1', '1.5', '1e2', '', ' ', 'ten', '0x10', '999', '99999999999999999999', '12, 12'])(
    'the JSON part is %j bytes long',
    async (length) => {
      const answer = await send('points', withLength(length));
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toMatch(/^Expected a number from 0 to \d+ \(the bytes of the body\)/);
    },
  );

  it('the JSON part ends too early or too late', async () => {
    for (const by of [-1, 1]) {
      const length = good.payload.length - 16 + by;
      const answer = await send('points', withLength(String(length)));
      expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringMatching(/JSON/) }]);
    }
  });

  const faults: [string, object, Uint8Array, RegExp][] = [
    [
      'bytes are missing',
      { inputs: [x(16)] },
      fourNumbers.subarray(1),
      /16 bytes after the JSON part .*got 15/,
    ],
    [
      'bytes are left over',
      { inputs: [x(16)] },
      fp32(1, 2, 3, 4, 5),
      /16 bytes after the JSON part .*got 20/,
    ],
    ['nothing says what follows', { inputs: [inJson] }, fourNumbers, /0 bytes after the JSON part .*got 16/],
    [
      'the size is not the shape’s',
      { inputs: [x(12)] },
      fp32(1, 2, 3),
      /16 bytes \(4 × 4, of shape \[2, 2\]\)/,
    ],
    [
      'the size is not the type’s',
      { inputs: [x(16, { datatype: 'FP64' })] },
      fourNumbers,
      /32 bytes \(4 × 8/,
    ],
    ['the size is negative', { inputs: [x(-16)] }, fourNumbers, /≥ 0 at .*binary_data_size/],
    ['the size is a fraction', { inputs: [x(15.5)] }, fourNumbers, /an integer at .*binary_data_size/],
    ['the size is text', { inputs: [x('16' as never)] }, fourNumbers, /an integer at .*binary_data_size/],
    [
      'there is data besides',
      { inputs: [{ ...x(16), data: [] }] },
      fourNumbers,
      /either data or the parameter/,
    ],
    [
      'a number is not finite',
      { inputs: [x(16)] },
      fp32(1, 2, Number.NaN, 4),
      /at \/inputs\/0\/data, got NaN at position 2/,
    ],
    [
      'a truth is not 0 or 1',
      { inputs: [x(4, { datatype: 'BOOL' })] },
      Buffer.from([0, 1, 2, 1]),
      /data, got 2 at position 2/,
    ],
    ['the JSON is a list', [x(16)], fourNumbers, /an object as the body/],
  ];

  it.each(faults)('%s', async (_what, json, bytes, error) => {
    const answer = await send('points', binaryRequest(json, bytes));
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringMatching(error) }]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a length is cut short', hex('0400'), /a 4-byte length .* at \/inputs\/0\/data\/0, got only 2 bytes/],
    ['an element is cut short', hex('05000000 6b6e6f74'), /as many bytes .* got only 8 bytes/],
    ['a length is huge', hex('ffffffff 6b6e6f74'), /as many bytes/],
    [
      'elements are left over',
      hex('00000000 00000000 00000000'),
      /2 elements \(from the shape\) at \/inputs\/0, got 4 bytes more/,
    ],
    ['elements are missing', hex('00000000'), /2 elements \(from the shape\) at \/inputs\/0, got 1/],
    [
      'elements are empty',
      hex('00000000 00000000'),
      /PNG, JPEG or WebP file at \/inputs\/0\/data\/0, got an empty file/,
    ],
  ])('%s', async (_what, bytes, error) => {
    const input = x(bytes.length, { shape: [2], datatype: 'BYTES' });
    const answer = await send('glyphs', binaryRequest({ inputs: [input] }, bytes));
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringMatching(error) }]);
  });

  it.each([
    ['the shape counts fewer', 1, /1 elements \(from the shape\) at \/inputs\/0, got 1999996 bytes more/],
    ['no request may have as many', 500_000, /at most 4096 elements at \/inputs\/0\/shape, got 500000/],
  ])(
    'half a million elements are empty and %s (the elements are not created)',
    async (_what, count, error) => {
      const bytes = Buffer.alloc(2_000_000);
      const input = x(bytes.length, { shape: [count], datatype: 'BYTES' });
      const answer = await send('glyphs', binaryRequest({ inputs: [input] }, bytes));
      expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringMatching(error) }]);
    },
  );
});
