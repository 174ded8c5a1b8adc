import { expect, it } from 'vitest';
import { long, points, steps } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { describeDeployments } from '../../support/servers/deployments.ts';
import { post } from '../../support/servers/post.ts';
import type { Served } from '../../support/servers/serve.ts';

interface Line {
  readonly msg: string;
  readonly [field: string]: unknown;
}

const linesOf = ({ lines }: Served, msg: string): Line[] =>
  lines.map((line): Line => JSON.parse(line)).filter((line) => line.msg === msg);

async function send(api: Served, path: string, body: object = {}, headers = {}) {
  const answer = await post(api, path, body, headers);
  const { id } = (await answer.json()) as { id: string };
  return { id, reqId: answer.headers.get('x-request-id') };
}

const wait = { prefer: 'wait=20' };

describeDeployments('the end of an adaptation', (start) => {
  it('logs one line in the process that ran it, with the id of its request', async () => {
    const { api, worker } = await start();
    const { id, reqId } = await send(api, '/tasks/lined/adapt', points, wait);
    await eventually(() => expect(linesOf(worker, 'adaptation ended')).not.toEqual([]));
    expect(linesOf(worker, 'adaptation ended')).toEqual([
      expect.objectContaining({
        reqId,
        tenant: 'default',
        task: 'lined',
        adaptation: id,
        model: 'tiny-prototypes@1.0.0',
        status: 'succeeded',
        attempts: 1,
        queuedMs: expect.any(Number),
        runMs: expect.any(Number),
      }),
    ]);
    // The same request again starts no run, so there is no further line.
    await send(api, '/tasks/lined/adapt', points, wait);
    expect(linesOf(worker, 'adaptation ended')).toHaveLength(1);
  });

  it('that fails because of the caller is logged with its code, and not as an error', async () => {
    const { api, worker } = await start();
    const { reqId } = await send(
      api,
      '/tasks/far/adapt',
      { ...steps, settings: { steps: 50, rate: 1e30 } },
      wait,
    );
    await eventually(() => expect(linesOf(worker, 'adaptation ended')).toHaveLength(1));
    const [line] = linesOf(worker, 'adaptation ended');
    expect(line).toMatchObject({ reqId, status: 'failed', code: 'adaptation_diverged', level: 30 });
    expect(linesOf(worker, 'adaptation failed')).toEqual([]);
  });

  it('that is cancelled is logged by the process that cancelled it, with the id of its request', async () => {
    const { api } = await start();
    const { id, reqId } = await send(api, '/tasks/stopped/adapt', long);
    await send(api, `/tasks/stopped/adaptations/${id}/cancel`);
    await send(api, `/tasks/stopped/adaptations/${id}/cancel`);
    expect(linesOf(api, 'adaptation ended')).toEqual([
      expect.objectContaining({ reqId, adaptation: id, status: 'cancelled' }),
    ]);
  });
});
