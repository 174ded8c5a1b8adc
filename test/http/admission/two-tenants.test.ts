import type { InjectOptions } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { newPredictionId } from '../../../src/domain/feedback/kept-prediction.ts';
import { long, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';
import { type Bearer, bearerOf, operationsOf, requestOf } from './operations.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });

const operations = () => operationsOf(http);
const bearer = (tenant: string) => bearerOf(http, tenant);

describe('two tenants', () => {
  let [ours, theirs]: Bearer[] = [];
  const owner = () => ours as Bearer;
  const stranger = () => theirs as Bearer;
  const task = 'runes-of-ours';
  let adaptation = '';
  let example = '';

  beforeAll(async () => {
    [ours, theirs] = [await bearer('ours'), await bearer('theirs')];
    adaptation = (await owner().adapt(task, points)).json().id;
    example = (await owner().send({ url: `/tasks/${task}/examples` })).json().data[0].id;
  });

  /** An answer without ids of requests, and with `to` in place of `from`. */
  async function told(request: InjectOptions, from: readonly string[], to: readonly string[]) {
    const { statusCode, headers, body } = await stranger().send(request);
    const { 'x-request-id': _, date: __, ...rest } = headers;
    return {
      status: statusCode,
      headers: rest,
      body: from.reduce((text, name, i) => text.replaceAll(name, to[i] ?? ''), body),
    };
  }

  it('get the same answer for an id of the other tenant as for an unknown id', async () => {
    const prediction = newPredictionId('ours', task);
    const others = { task, id: adaptation, example, prediction };
    const unknown = {
      task: 'runes-of-them',
      id: `adp_${'0'.repeat(adaptation.length - 4)}`,
      example: `ex_${'0'.repeat(32)}`,
      prediction: newPredictionId('theirs', 'another'),
    };
    const ofTasks = operations().filter(({ path }) => path.includes('{task}'));
    expect(ofTasks.length).toBeGreaterThanOrEqual(15);
    const [from, to] = [Object.values(others), Object.values(unknown)];
    for (const operation of ofTasks) {
      const answer = await told(requestOf(operation, others), from, to);
      expect(answer).toEqual(await told(requestOf(operation, unknown), [], []));
      // Each tenant can use any task name. With a model, these two calls would create a task of the caller.
      const makes = ['putTask', 'adapt'].includes(operation.operationId);
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, makes ? 400 : 404]);
      expect(answer.body).not.toContain('tiny-prototypes');
    }
    expect((await owner().send({ url: `/tasks/${task}` })).json().current).toBe(adaptation);
  });

  it('see no data of a task of the same name of the other tenant', async () => {
    const mine = {
      ...points,
      support: points.support.map((each) => ({ ...each, label: `my ${each.label}` })),
    };
    const own = (await stranger().adapt(task, mine)).json();
    expect(own).toMatchObject({ status: 'succeeded' });
    for (const path of ['', '/events']) {
      const url = `/tasks/${task}/adaptations/${adaptation}${path}`;
      expect((await stranger().send({ url })).json()).toMatchObject({ code: 'adaptation_not_found' });
    }
    const cancel = `/tasks/${task}/adaptations/${adaptation}/cancel`;
    expect((await stranger().send({ method: 'POST', url: cancel })).statusCode).toBe(404);

    const predict = async (who: Bearer) => {
      const payload = { inputs: [[-1, 0]] };
      return (await who.send({ method: 'POST', url: `/tasks/${task}/predict`, payload })).json();
    };
    expect((await predict(owner())).predictions[0].label).toBe('left');
    expect((await predict(stranger())).predictions[0].label).toBe('my left');

    const ids = async (who: Bearer) =>
      (await who.send({ url: `/tasks/${task}/adaptations` })).json().data.map(({ id }: { id: string }) => id);
    expect([await ids(owner()), await ids(stranger())]).toEqual([[adaptation], [own.id]]);
  });

  it('list and delete only their own tasks', async () => {
    await owner().send({ method: 'PUT', url: '/tasks/only-ours', payload: { model: 'tiny-curve' } });
    await stranger().send({ method: 'PUT', url: '/tasks/only-theirs', payload: { model: 'tiny-curve' } });
    await stranger().send({ method: 'PUT', url: `/tasks/${task}`, payload: { model: 'tiny-prototypes' } });
    const list = async (who: Bearer) => (await who.send({ url: '/tasks?limit=100' })).body;
    expect(await list(owner())).not.toContain('only-theirs');
    expect(await list(stranger())).not.toContain('only-ours');
    expect((await stranger().send({ method: 'DELETE', url: `/tasks/${task}` })).statusCode).toBe(204);
    expect((await owner().send({ url: `/tasks/${task}` })).statusCode).toBe(200);
  });

  it('cannot follow, wait for or cancel adaptations of the other tenant', async () => {
    const submit = { method: 'POST', url: '/tasks/long/adapt', payload: long } as const;
    const { id } = (await owner().send(submit)).json();
    const url = `/tasks/long/adaptations/${id}`;
    expect((await stranger().send({ url: `${url}/events` })).statusCode).toBe(404);
    expect((await stranger().send({ method: 'POST', url: `${url}/cancel` })).statusCode).toBe(404);
    expect((await owner().send({ url })).json().status).toMatch(/queued|running/);
    expect((await owner().send({ method: 'POST', url: `${url}/cancel` })).json().status).toMatch(
      /cancelled|running/,
    );
  });
});
