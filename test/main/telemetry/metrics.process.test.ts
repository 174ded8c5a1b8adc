import { describe, expect, it, onTestFinished } from 'vitest';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { metrics } from '../../../src/ports/metric-catalogue.ts';
import { dataUrl, glyph, points, steps } from '../../http/support/bodies.ts';
import { TINY_FEATURES, tinyEncoder } from '../../support/encoders/tiny-encoder.ts';
import { eventually } from '../../support/eventually.ts';
import { namesIn, valuesOf } from '../../support/exposition.ts';
import { tinyPackage, tinyPackages } from '../../support/packages.ts';
import { freePort } from '../../support/redis/ready.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeDeployments } from '../../support/servers/deployments.ts';
import { post } from '../../support/servers/post.ts';
import { type Served, serve } from '../../support/servers/serve.ts';

const scrape = async ({ address }: Pick<Served, 'address'>) => (await fetch(`${address}/metrics`)).text();

const adapt = (api: Served, task: string, body: object = points) =>
  post(api, `/tasks/${task}/adapt`, body, { prefer: 'wait=20' });
const predict = (api: Served, task: string) => post(api, `/tasks/${task}/predict`, { inputs: [[1, 0]] });

describeDeployments('GET /metrics', (start) => {
  it('count and time the work of the processes, without names of tenants and tasks', async () => {
    const { api, worker } = await start();
    await adapt(api, 'measured');
    await adapt(api, 'measured', {
      ...steps,
      model: 'tiny-prototypes',
      support: [...points.support].reverse(),
    });
    await predict(api, 'measured');
    await predict(api, 'measured');
    await fetch(`${api.address}/no/such/route`);

    const where = await scrape(worker);
    expect(
      valuesOf(where, 'innerloop_adapt_jobs_total')[
        '{model="tiny-prototypes@1.0.0",status="succeeded",code=""}'
      ],
    ).toBe(2);
    const durations = valuesOf(where, 'innerloop_adapt_duration_seconds_count');
    expect(durations).toEqual({
      '{model="tiny-prototypes@1.0.0",phase="queued"}': 2,
      '{model="tiny-prototypes@1.0.0",phase="running"}': 2,
    });

    const seen = await scrape(api);
    const requests = valuesOf(seen, 'innerloop_http_request_duration_seconds_count');
    expect(requests['{method="POST",route="/tasks/:task/predict",status="200"}']).toBe(2);
    expect(requests['{method="GET",route="none",status="404"}']).toBe(1);
    expect(valuesOf(seen, 'innerloop_cache_requests_total')).toMatchObject({
      '{tier="memory",result="hit"}': 1,
      '{tier="memory",result="miss"}': 1,
    });
    expect(valuesOf(seen, 'innerloop_predict_batch_rows_sum')).toEqual({ '': 2 });
    expect(valuesOf(seen, 'innerloop_ready')).toEqual({ '': 1 });
    expect(valuesOf(seen, 'innerloop_adapt_queue_depth')).toEqual({ '': 0 });
    expect(valuesOf(seen, 'innerloop_cache_resident_bytes')['{tier="memory"}']).toBeGreaterThan(0);
    expect(valuesOf(seen, 'process_resident_memory_bytes')['']).toBeGreaterThan(1e7);
    for (const text of [where, seen]) expect(text).not.toMatch(/default"|measured|adp_/);
  });

  it('list only metrics of the catalogue, with the right type', async () => {
    const { api } = await start();
    await adapt(api, 'typed');
    await predict(api, 'typed');
    const text = await scrape(api);
    for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect([name, metrics[name as keyof typeof metrics]?.kind]).toEqual([name, kind]);
    }
    expect(namesIn(text).size).toBeGreaterThan(8);
  });
});

/** A package over the features of an encoder of pictures, which it writes into this folder. */
async function overPictures(directory: string): Promise<Package> {
  const { name, digest } = (await tinyEncoder('image', { directory })).manifest;
  const network = classifier(mlp([TINY_FEATURES, 8]));
  return tinyPackage('tiny-pictures', 'protonets', network, {}, { kind: 'encoder', name, digest });
}

const forWebhooks = { WEBHOOK_KEY: Buffer.alloc(32).toString('base64'), WEBHOOK_NETWORKS: '127.0.0.0/8' };

describeWithRedis('a process that has done everything', () => {
  it('have a value for each metric of the catalogue', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    // There is memory for one state, so the second state evicts the first.
    const encoders = await scratchFolder();
    const all = await serve(
      { REDIS_URL: redis.url, ENCODERS_DIR: encoders, ...forWebhooks },
      { MEMORY_CACHE_BYTES: 1, packages: [tinyPackages.prototypes(), await overPictures(encoders)] },
    );
    const support = ['anchor', 'comb'].map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
    const embedded = await adapt(all, 'pictures', { model: 'tiny-pictures', support });
    expect(await embedded.json()).toMatchObject({ status: 'succeeded' });
    for (const task of ['first', 'second']) {
      await adapt(all, task);
      await predict(all, task);
    }
    const url = `http://127.0.0.1:${await freePort()}/`;
    const webhook = await post(all, '/webhooks', { url, events: ['adaptation.failed'] });
    await post(all, `/webhooks/${((await webhook.json()) as { id: string }).id}/test`);
    // The delay of the event loop is reported every ten seconds.
    const missing = async () => {
      const names = namesIn(await scrape(all));
      return Object.keys(metrics).filter((name) => !names.has(name));
    };
    await eventually(async () => expect(await missing()).toEqual([]), { timeout: 25_000, interval: 500 });
  });
});

describe('metrics of a service that other machines can reach', () => {
  it('are not served at its port, but at a separate port without a key', async () => {
    const port = await freePort();
    const open = await serve({ HOST: '0.0.0.0', METRICS_PORT: String(port) });
    const local = open.address.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${local}/metrics`)).status).not.toBe(200);
    const own = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(own.status).toBe(200);
    expect(own.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect((await fetch(`http://127.0.0.1:${port}/tasks`)).status).toBe(404);
  });

  it('are not served without a separate port', async () => {
    const open = await serve({ HOST: '0.0.0.0' });
    expect((await fetch(`${open.address.replace('0.0.0.0', '127.0.0.1')}/metrics`)).status).not.toBe(200);
  });
});

describeDeployments('the answer to a prediction', (start) => {
  it('says where the state came from and how long each stage took', async () => {
    const { api, worker } = await start();
    await adapt(api, 'told');
    const [first, second] = [await predict(api, 'told'), await predict(api, 'told')];
    const tier = api === worker ? 'disk' : 'redis';
    expect([first, second].map(({ headers }) => headers.get('x-cache'))).toEqual([tier, 'memory']);
    for (const { headers } of [first, second]) {
      expect(headers.get('server-timing')).toMatch(
        /^queue;dur=\d+\.\d\d, cache;dur=\d+\.\d\d, model;dur=\d+\.\d\d$/,
      );
    }
    await eventually(async () => {
      const counts = valuesOf(await scrape(api), 'innerloop_predict_duration_seconds_count');
      expect(counts).toEqual({ [`{tier="${tier}"}`]: 1, '{tier="memory"}': 1 });
    });
  });
});
