import { beforeAll, describe, expect, it } from 'vitest';
import { dataUrl, form, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });
let headers: Readonly<Record<string, string>>;
let stranger: Readonly<Record<string, string>>;
const call = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, more: object = {}) =>
  http.app.inject({ method, url, headers: { ...headers, ...more }, ...(payload && { payload }) });
const predict = async (task: string, input: unknown) =>
  (await call('POST', `/tasks/${task}/predict`, { inputs: [input] })).json().predictions[0];
const glyphs = ['anchor', 'comb', 'gate'];

describe('POST /tasks/{task}/feedback', () => {
  beforeAll(async () => {
    const bearer = async (tenant: string) => ({
      authorization: `Bearer ${(await http.keys.issue(tenant)).token}`,
    });
    [headers, stranger] = [await bearer('acme'), await bearer('other')];
    const support = glyphs.flatMap((label) =>
      [1, 2].map((hand) => ({ label, input: dataUrl(glyph(label, hand)) })),
    );
    const bodies = { points, glyphs: { model: 'tiny-glyph-prototypes', support } };
    for (const [task, body] of Object.entries(bodies)) {
      await call('POST', `/tasks/${task}/adapt`, body, { prefer: 'wait=20' });
      await call('PUT', `/tasks/${task}`, { keep: { predictions: 50, hours: 1 } });
    }
  });

  it('learns the right label of a prediction', async () => {
    const { id } = await predict('points', [9, -9]);
    const answer = await call('POST', '/tasks/points/feedback', {
      prediction: id,
      label: 'far',
      readapt: 'now',
    });
    expect(answer.statusCode).toBe(202);
    const { example, adaptation, object, warnings } = answer.json();
    expect(object).toBe('feedback');
    expect(warnings).toEqual([
      {
        code: 'new_label',
        pointer: '/label',
        detail: 'The task had no label "far" before, but "left", "right": it is a new label now',
      },
    ]);
    expect(example).toMatchObject({ object: 'example', label: 'far', source: 'feedback', confirmed: false });
    expect(adaptation).toMatchObject({ object: 'adaptation', task: 'points' });
    const done = await http.service.waitUntilEnded(
      await http.service.adaptation('acme', 'points', adaptation.id),
      AbortSignal.timeout(20_000),
    );
    expect(done.gate?.decision).toBe('not_enough_data');
    const read = (await call('GET', `/tasks/points/adaptations/${adaptation.id}`)).json();
    expect(read.gate).toMatchObject({ decision: 'not_enough_data', pValue: null });
    expect((await predict('points', [9, -9])).label).toBe('far');
  });

  it.each([
    [{ label: 'left', target: 'left' }, 'an array or a number at /target, got "left"'],
    [{ label: 'left', readapt: true }, 'one of now, batch, never at /readapt, got true'],
  ])('refuses %j, and says what it takes', async (wrong, detail) => {
    const answer = await call('POST', '/tasks/points/feedback', { input: [1, 1], ...wrong });
    expect(answer.json()).toMatchObject({ status: 400, detail: `Expected ${detail}` });
  });

  it('takes an input with its label, as JSON and as a form', async () => {
    const json = await call('POST', '/tasks/points/feedback', {
      input: [3, 3],
      label: 'right',
      readapt: 'never',
    });
    expect(json.json()).toMatchObject({
      example: { label: 'right', kind: 'tensor' },
      adaptation: null,
      warnings: [],
    });
    const { payload, headers: type } = form([['tide', glyph('tide', 1)]]);
    const sent = await call('POST', '/tasks/glyphs/feedback?readapt=never', payload, type);
    expect(sent.statusCode).toBe(202);
    expect(sent.json().example).toMatchObject({ label: 'tide' });
    const two = form([
      ['tide', glyph('tide', 1)],
      ['tide', glyph('tide', 2)],
    ]);
    const refused = await call('POST', '/tasks/glyphs/feedback', two.payload, two.headers);
    expect(refused.json()).toMatchObject({ status: 400, code: 'invalid_request', got: 'more' });
  });

  it('refuses with the place and the reason', async () => {
    const post = async (payload: object, more?: object) =>
      (await call('POST', '/tasks/points/feedback', payload, more)).json();
    expect(await post({ label: 'a' })).toMatchObject({ status: 400, code: 'invalid_request', got: 'none' });
    expect(await post({ input: [1, 2, 3], label: 'a' })).toMatchObject({
      code: 'invalid_input',
      pointer: '/input',
    });
    expect(await post({ input: [1, 2], target: 3 })).toMatchObject({
      code: 'invalid_support_set',
      pointer: '/target',
    });
    expect(await post({ input: [1, 2], label: 'a', readapt: 'soon' })).toMatchObject({
      code: 'invalid_request',
      pointer: '/readapt',
    });
    const { id } = await predict('points', [0, 0]);
    expect(await post({ prediction: id, label: 'a' }, stranger)).toMatchObject({ status: 404 });
    await call('POST', '/tasks/points/adapt', points, { ...stranger, prefer: 'wait=20' });
    expect(await post({ prediction: id, label: 'a' }, stranger)).toMatchObject({
      status: 404,
      code: 'prediction_not_found',
    });
    const key = { 'idempotency-key': 'once' };
    const first = await post({ input: [4, 4], label: 'right', readapt: 'never' }, key);
    const again = await post({ input: [4, 4], label: 'right', readapt: 'never' }, key);
    expect(again.example.id).toBe(first.example.id);
    expect(await post({ input: [5, 5], label: 'right', readapt: 'never' }, key)).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
  });

  it('asks what to label next, with pictures that no browser keeps', async () => {
    const { id } = await predict('glyphs', dataUrl(glyph('knot', 1)));
    const { data } = (await call('GET', '/tasks/glyphs/review?limit=5')).json();
    const [first] = data;
    expect(first).toMatchObject({ id, object: 'prediction', kind: 'tensor', hasFeedback: false });
    expect(first.reasons).toContain('uncertain');
    const content = await call('GET', `/tasks/glyphs/${first.content}`);
    expect(content.rawPayload).toHaveLength(28 * 28 * 4);
    expect(content.headers).toMatchObject({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="${id}.f32"`,
    });
    const one = (await call('GET', `/tasks/glyphs/predictions/${id}`)).json();
    expect(one).toMatchObject({ id, content: `${id}/content` });
    const thumbnail = await call('GET', `/tasks/glyphs/predictions/${id}/thumbnail`);
    expect(thumbnail.json()).toMatchObject({ status: 404, code: 'not_found' });
    const gone = await call('GET', '/tasks/glyphs/predictions/prd_none/content');
    expect(gone.json()).toMatchObject({ status: 404, code: 'prediction_not_found' });
    await call('PUT', '/tasks/glyphs', { keep: { predictions: 1, hours: 1 } });
    await predict('glyphs', dataUrl(glyph('hook', 1)));
    const lost = await call('POST', '/tasks/glyphs/feedback', { prediction: id, label: 'knot' });
    expect(lost.json()).toMatchObject({ status: 410, code: 'prediction_not_kept' });
  });

  it('says how good the answers are', async () => {
    const { id, label } = await predict('points', [-1, 0]);
    await call('POST', '/tasks/points/feedback', { prediction: id, label, readapt: 'never' });
    const quality = (await call('GET', '/tasks/points/quality')).json();
    expect(quality).toMatchObject({ object: 'quality', task: 'points', feedback: { measure: 'accuracy' } });
    expect(quality.feedback.interval).toHaveLength(2);
    expect(['none', 'label_more', 'retrain']).toContain(quality.advice.action);
  });
});
