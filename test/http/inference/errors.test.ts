import { describe, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { buildApp } from '../../../src/http/app.ts';
import type { Service } from '../../../src/service/service.ts';
import { noKeys } from '../support/no-keys.ts';
import { inputX, startWithTasks } from './adapted-tasks.ts';

const { http, ids, adapt } = startWithTasks();
const payload = { inputs: [inputX({ data: [0, 0, 1, 1] })] };

describe('a version whose example was erased', () => {
  it('is not found, as one that has failed', async () => {
    const id = await adapt('erased', {
      model: 'tiny-prototypes',
      support: [
        { label: 'left', input: [-1, 0] },
        { label: 'right', input: [1, 0] },
      ],
    });
    const { data } = (await http.app.inject({ url: '/tasks/erased/examples' })).json();
    await http.app.inject({ method: 'DELETE', url: `/tasks/erased/examples/${data[0].id}` });
    const version = `/v2/models/erased/versions/${id}`;
    for (const answer of [
      await http.app.inject({ url: version }),
      await http.app.inject({ url: `${version}/ready` }),
      await http.app.inject({ method: 'POST', url: `${version}/infer`, payload }),
    ])
      expect([answer.statusCode, answer.json()]).toEqual([
        404,
        { error: expect.stringContaining(`${id} was erased`) },
      ]);
  });
});

describe('a model whose encoder is missing', () => {
  it('is not ready', async () => {
    const missing = new InnerloopError('encoder_missing', 'Package photos needs the encoder photos');
    const service: Service = { ...http.service, adaptedModel: () => Promise.reject(missing) };
    const app = await buildApp({ service, keys: noKeys, version: '0.0.0' });
    onTestFinished(() => app.close());
    const version = `/v2/models/points/versions/${ids.points}`;
    const ready = await app.inject({ url: `${version}/ready` });
    expect([ready.statusCode, ready.json()]).toEqual([503, { name: 'points', ready: false }]);
    const answer = await app.inject({ method: 'POST', url: `${version}/infer`, payload });
    expect([answer.statusCode, answer.json()]).toEqual([503, { error: missing.message }]);
  });
});
