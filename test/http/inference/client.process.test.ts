import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';
import { type Document, type OpenAPIClient, OpenAPIClientAxios } from 'openapi-client-axios';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataUrl, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';
import { binaryRequest, byteStrings, fp32, takeApart } from './bodies.ts';
import { specification } from './specification.ts';

const http = startApp();
let client: OpenAPIClient;
let version = '';

/** A third-party client, made only from our API description, on a real connection. */
beforeAll(async () => {
  await http.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = http.app.server.address() as AddressInfo;
  const api = new OpenAPIClientAxios({
    definition: http.app.swagger() as unknown as Document,
    axiosConfigDefaults: { baseURL: `http://127.0.0.1:${port}`, validateStatus: () => true, proxy: false },
  });
  client = await api.init();
  const headers = { prefer: 'wait=20' };
  version = (await call('adapt', { task: 'points' }, points, { headers })).data.id;
  const glyphs = ['gate', 'knot'].map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
  await call('adapt', { task: 'glyphs' }, { model: 'tiny-glyph-prototypes', support: glyphs }, { headers });
});

const call = (operation: string, ...given: Parameters<OpenAPIClient[string]>) => {
  const method = client[operation];
  if (!method) throw new Error(`Expected the description to have ${operation}`);
  return method(...given);
};

const ajv = new Ajv({ strict: false });
function expectObject(name: keyof typeof specification, data: unknown): void {
  ajv.validate(specification[name], data);
  expect(ajv.errors).toBeNull();
}

const x = { name: 'x', shape: [2, 2], datatype: 'FP32' };
const data = [-2, 0.5, 2, 0];

describe('a client of the protocol', () => {
  it('finds server and models as the specification describes them', async () => {
    expectObject('serverMetadata', (await call('getInferenceServer')).data);
    for (const [operation, path] of [
      ['getInferenceModel', { task: 'points' }],
      ['getInferenceVersion', { task: 'points', id: version }],
    ] as const) {
      expectObject('modelMetadata', (await call(operation, path)).data);
      expectObject('modelReady', (await call(`${operation}Readiness`, path)).data);
    }
    expectObject('error', (await call('getInferenceModel', { task: 'nowhere' })).data);
  });

  it('predicts in JSON', async () => {
    for (const [operation, path] of [
      ['inferModel', { task: 'points' }],
      ['inferVersion', { task: 'points', id: version }],
    ] as const) {
      const request = { id: '42', inputs: [{ ...x, data }] };
      const answer = await call(operation, path, request);
      expectObject('inferenceResponse', answer.data);
      expect(answer.data).toMatchObject({ model_name: 'points', model_version: version, id: '42' });
      expect(answer.data.outputs[1].data).toEqual(['left', 'right']);
    }
  });

  it.each([
    ['points', { ...x }, fp32(...data), '04000000 6c656674 05000000 7269676874'],
    [
      'glyphs',
      { name: 'x', shape: [2], datatype: 'BYTES' },
      byteStrings(glyph('knot', 1), glyph('gate', 1)),
      '04000000 6b6e6f74 04000000 67617465',
    ],
  ])('predicts on %s in binary form', async (task, input, bytes, labels) => {
    const inputs = [{ ...input, parameters: { binary_data_size: bytes.length } }];
    const { payload, headers } = binaryRequest({ inputs, parameters: { binary_data_output: true } }, bytes);
    const answer = await call('inferModel', { task }, payload, { headers, responseType: 'arraybuffer' });
    const parts = takeApart({ headers: { ...answer.headers }, rawPayload: Buffer.from(answer.data) });
    expectObject('inferenceResponse', parts.json);
    expect(parts.tensors.label?.toString('hex')).toBe(labels.replaceAll(' ', ''));
    expect([parts.tensors.probabilities?.length, parts.rest]).toEqual([16, 0]);
  });

  it('gets an error that says what is wrong', async () => {
    const answer = await call('inferModel', { task: 'points' }, { inputs: [{ ...x, data: [1] }] });
    expect(answer.status).toBe(400);
    expectObject('error', answer.data);
  });
});
