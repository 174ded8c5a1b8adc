import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { curve, dataUrl, form, glyph, long, points, steps } from '../../support/bodies.ts';
import { startApp } from '../../support/start-app.ts';

const http = startApp();
const post = (task: string, body: object, headers: Record<string, string> = {}, query = '') =>
  http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt${query}`, payload: body, headers });
const wait = { prefer: 'wait=20' };

describe('POST /tasks/{task}/adapt', () => {
  it('accepts at once, with Location and Retry-After', async () => {
    const answer = await post('accepted', long);
    expect(answer.statusCode).toBe(202);
    const { id, status } = answer.json();
    expect(answer.headers.location).toBe(`adaptations/${id}`);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['preference-applied']).toBeUndefined();
    expect(['queued', 'running']).toContain(status);
    await http.service.cancel('default', 'accepted', id);
  });

  it('answers with the whole record when it ends within the preferred wait', async () => {
    const answer = await post('whole', { ...steps, settings: { steps: 3, rate: 0.1, seed: 7 } }, wait);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['preference-applied']).toBe('wait=20');
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.json()).toEqual({
      id: expect.stringMatching(/^adp_/),
      object: 'adaptation',
      task: 'whole',
      model: 'tiny-gradients@1.0.0',
      status: 'succeeded',
      settings: { steps: 3, rate: 0.1, seed: 7 },
      support: { examples: 3, labels: { left: 2, right: 1 }, digest: expect.stringMatching(/^sha256:/) },
      progress: { step: 3, steps: 3 },
      warnings: [],
      selection: null,
      report: null,
      gate: null,
      losses: [expect.any(Number), expect.any(Number), expect.any(Number)],
      timings: { queuedMs: expect.any(Number), runMs: expect.any(Number) },
      executionProvider: 'cpu',
      createdAt: expect.stringMatching(/Z$/),
      startedAt: expect.stringMatching(/Z$/),
      endedAt: expect.stringMatching(/Z$/),
      error: null,
    });
  });

  it('answers with the unfinished record when the wait is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let passed = 0;
    const passing = setInterval(() => {
      passed += 100;
      vi.advanceTimersByTime(100);
    }, 1);
    const answer = await post('over', long, { prefer: 'wait=1' });
    clearInterval(passing);
    expect(passed).toBeGreaterThanOrEqual(1000);
    expect(answer.statusCode).toBe(202);
    expect(answer.headers['preference-applied']).toBe('wait=1');
    expect(answer.headers['retry-after']).toBe('1');
    await http.service.cancel('default', 'over', answer.json().id);
  });

  it('is idempotent: the same request returns the same adaptation', async () => {
    const first = await post('same', points, wait);
    const second = await post('same', points);
    expect(second.statusCode).toBe(200);
    expect(second.json()).toEqual(first.json());
  });

  it('reports an adaptation that diverged as failed, with its reason', async () => {
    const answer = await post('diverged', { ...steps, settings: { steps: 50, rate: 1e30 } }, wait);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'failed', error: { code: 'adaptation_diverged' } });
  });

  it('has no labels for regression', async () => {
    const answer = await post('curve', curve, wait);
    expect(answer.json()).toMatchObject({ status: 'succeeded', support: { examples: 2 } });
    expect(answer.json().support).not.toHaveProperty('labels');
  });

  it('joins examples to the current support set in mode append', async () => {
    await post('more', points, wait);
    const more = { support: [{ label: 'up', input: [0, 1] }], mode: 'append' };
    const answer = await post('more', more, wait);
    expect(answer.json().support).toMatchObject({ examples: 4, labels: { left: 2, right: 1, up: 1 } });
  });

  it('accepts a numeral, a prototype name and a line break as labels', async () => {
    const labels = ['7', 'toString', 'a\nb', 'ålef'];
    const support = labels.map((label, i) => ({ label, input: [Math.cos(i), Math.sin(i)] }));
    const answer = await post('odd-labels', { model: 'tiny-prototypes', support }, wait);
    expect(answer.json().support.labels).toEqual(Object.fromEntries(labels.map((label) => [label, 1])));
  });

  it('reads inputs equally in every form', async () => {
    const packed = (values: number[]) => ({
      shape: [2],
      dtype: 'float32',
      data: Buffer.from(Float32Array.from(values).buffer).toString('base64'),
    });
    const support = points.support.map(({ label, input }) => ({ label, input: packed(input) }));
    const nested = await post('nested', points, wait);
    const written = await post('packed', { ...points, support }, wait);
    expect(written.json().support.digest).toBe(nested.json().support.digest);
  });

  it('gives no pointer into the body if the query named the model', async () => {
    const { support } = points;
    const unknown = await post('astray', { support }, {}, '?model=nope');
    expect(unknown.json()).toMatchObject({ code: 'model_not_found', got: 'nope' });
    expect(unknown.json()).not.toHaveProperty('pointer');
    await post('settled', points, wait);
    const another = await post('settled', { support }, {}, '?model=tiny-gradients');
    expect(another.json()).toMatchObject({ code: 'model_conflict', got: 'tiny-gradients' });
    expect(another.json()).not.toHaveProperty('pointer');
  });

  it('treats a form of image files, each named by its label, like data URLs', async () => {
    const [anchor, knot] = [glyph('anchor', 1), glyph('knot', 1)];
    const { payload, headers } = form([
      ['anchor', anchor],
      ['knot', knot],
    ]);
    const query = '?model=tiny-glyph-prototypes';
    const asForm = await post('as-form', payload, { ...headers, ...wait }, query);
    const support = [
      { label: 'anchor', input: dataUrl(anchor) },
      { label: 'knot', input: dataUrl(knot) },
    ];
    const asJson = await post('as-json', { support }, wait, query);
    expect(asForm.json()).toMatchObject({ status: 'succeeded', support: { labels: { anchor: 1, knot: 1 } } });
    expect(asForm.json().support.digest).toBe(asJson.json().support.digest);
  });

  it('joins a form to the current support set when the query says append', async () => {
    const signs = form([
      ['anchor', glyph('anchor', 1)],
      ['knot', glyph('knot', 1)],
    ]);
    const query = '?model=tiny-glyph-prototypes';
    await post('grown', signs.payload, { ...signs.headers, ...wait }, query);
    const hook = form([['hook', glyph('hook', 1)]]);
    const answer = await post('grown', hook.payload, { ...hook.headers, ...wait }, '?mode=append');
    expect(answer.json().support.labels).toEqual({ anchor: 1, hook: 1, knot: 1 });
  });
});
