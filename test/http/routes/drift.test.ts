import { beforeAll, describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const call = (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object) =>
  http.app.inject({ method, url, ...(payload && { payload }), headers: { prefer: 'wait=20' } });

describe('GET /tasks/{task}/drift', () => {
  beforeAll(async () => {
    for (const task of ['watched', 'alone']) await call('POST', `/tasks/${task}/adapt`, points);
    await call('PUT', '/tasks/watched', { monitor: true });
    // Points on a circle, and then on a smaller one.
    for (const [n, radius] of [
      [200, 2],
      [40, 0.5],
    ] as const) {
      const inputs = Array.from({ length: n }, (_, i) => [radius * Math.cos(i), radius * Math.sin(i)]);
      for (let from = 0; from < n; from += 40) {
        const asked = { inputs: inputs.slice(from, from + 40) };
        expect((await call('POST', '/tasks/watched/predict', asked)).statusCode).toBe(200);
      }
    }
  });

  it('tells what has changed', async () => {
    const answer = await call('GET', '/tasks/watched/drift');
    expect(answer.statusCode).toBe(200);
    const body = answer.json();
    expect(body).toMatchObject({
      object: 'drift',
      task: 'watched',
      isDrift: true,
      enough: true,
      since: null,
      window: { size: 40 },
      reference: { kind: 'window', size: 200 },
    });
    expect(body.distance).toBeGreaterThan(body.threshold);
    expect(body.pValue).toBeLessThan(0.05);
    expect(body.auc).toBeGreaterThanOrEqual(0);
    expect(Date.parse(body.window.from)).toBeLessThanOrEqual(Date.parse(body.window.to));
    const highest = body.statistics.find(({ name }: { name: string }) => name === 'highest');
    expect(highest).toMatchObject({ isDrift: true, window: { high: expect.any(Number) } });
    const shares = body.statistics.find(({ name }: { name: string }) => name === 'label');
    expect(Object.keys(shares.reference.shares).toSorted()).toEqual(['left', 'right']);
    const labels = body.perLabel.map(({ label }: { label: string }) => label);
    expect(labels.toSorted()).toEqual(['left', 'right']);
  });

  it('compares with the examples on request, if they are enough', async () => {
    const body = (await call('GET', '/tasks/watched/drift?reference=support')).json();
    expect(body).toMatchObject({
      enough: false,
      isDrift: false,
      pValue: null,
      reference: { kind: 'support', size: points.support.length },
      window: { size: 200 },
    });
  });

  it('counts predictions by the Open Inference Protocol', async () => {
    const before = (await call('GET', '/tasks/watched/drift')).json().window.size;
    const x = { name: 'x', shape: [2, 2], datatype: 'FP32', data: [1, 0, 0, 1] };
    expect((await call('POST', '/v2/models/watched/infer', { inputs: [x] })).statusCode).toBe(200);
    expect((await call('GET', '/tasks/watched/drift')).json().window.size).toBe(before + 2);
  });

  it('refuses a task that is not monitored, and says how to begin', async () => {
    const answer = await call('GET', '/tasks/alone/drift');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: 'task_not_monitored',
      detail: expect.stringContaining('PUT /tasks/alone'),
      expected: 'a task with "monitor": true',
    });
  });

  it('refuses other references, and tasks that do not exist', async () => {
    expect((await call('GET', '/tasks/watched/drift?reference=model')).statusCode).toBe(400);
    expect((await call('GET', '/tasks/none/drift')).json().code).toBe('task_not_found');
  });
});
