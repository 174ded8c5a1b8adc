import { expect, it, onTestFinished } from 'vitest';
import { steps } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { type CollectedSpan, type Collector, startCollector } from '../../support/servers/collector.ts';
import { describeDeployments } from '../../support/servers/deployments.ts';
import { post } from '../../support/servers/post.ts';

/** Trace headers of a caller that records traces, and of one that does not. */
const [TRACE, CALLER] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
const traceparent = `00-${TRACE}-${CALLER}-01`;
const unsampled = `00-${'5'.repeat(32)}-${CALLER}-00`;

async function collector(): Promise<Collector> {
  const started = await startCollector();
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}

/** Spans are sent every second. */
const untilThere = (check: () => void) => eventually(check, { timeout: 20_000, interval: 100 });

const values = ({ attributes }: Pick<CollectedSpan, 'attributes'>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describeDeployments('one trace', (start) => {
  it('continues from the caller through the queue to the steps, and also for a prediction', async () => {
    const traces = await collector();
    const { api } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: traces.url });
    const wait = { prefer: 'wait=20' };
    const answer = await post(api, '/tasks/traced/adapt', steps, { ...wait, traceparent });
    const adaptation = (await answer.json()) as { id: string; losses: readonly number[] };
    await post(api, '/tasks/traced/predict', { inputs: [[1, 0]] }, { traceparent });
    await post(api, '/tasks/untraced/adapt', steps, { ...wait, traceparent: unsampled });

    const find = (name: string) => {
      const found = traces.spans.find((span) => span.name === name && span.status.code !== 2);
      if (!found) throw new Error(`Expected a span ${name}, got ${traces.spans.map((span) => span.name)}`);
      return found;
    };
    await untilThere(() => {
      for (const name of ['run', 'end', 'POST /tasks/:task/predict', 'POST /tasks/:task/adapt']) find(name);
    });
    expect(new Set(traces.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const [request, run] = [find('POST /tasks/:task/adapt'), find('run')];
    expect(request.parentSpanId).toBe(CALLER);
    for (const name of ['accept', 'submit', 'queued', 'run']) {
      expect([name, find(name).parentSpanId]).toEqual([name, request.spanId]);
    }
    for (const name of ['read support set', 'keep state', 'end']) {
      expect([name, find(name).parentSpanId]).toEqual([name, run.spanId]);
    }
    expect(run.events.filter(({ name }) => name === 'step')).toHaveLength(adaptation.losses.length);
    expect(adaptation.losses.length).toBeGreaterThan(0);
    expect(values(run)).toMatchObject({
      'innerloop.task': 'traced',
      'innerloop.adaptation': adaptation.id,
      'innerloop.status': 'succeeded',
    });
    expect(values(request)['innerloop.request']).toBe(answer.headers.get('x-request-id'));
    expect(values(find('POST /tasks/:task/predict'))).toHaveProperty('innerloop.tier');
    for (const { resource } of [request, run])
      expect(values(resource)['service.instance.id']).toMatch(/^.+:\d+$/);
  });

  it('starts in spite of an invalid traceparent', async () => {
    const traces = await collector();
    const { api } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: traces.url });
    await post(api, '/tasks/garbled/adapt', steps, { prefer: 'wait=20', traceparent: '00-zz-xx-01' });
    // A busy machine may have refused the first request, which is a trace of its own.
    const rootOfRun = () => {
      const run = traces.spans.find(({ name }) => name === 'run');
      const isRoot = ({ name, traceId }: CollectedSpan) =>
        name.startsWith('POST') && traceId === run?.traceId;
      return traces.spans.find(isRoot);
    };
    await untilThere(() => expect(rootOfRun()).toBeDefined());
    expect(rootOfRun()?.parentSpanId).toBeFalsy();
  });
});
