import { describe, expect, it } from 'vitest';
import { form, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const wait = { prefer: 'wait=20' };
const { support } = points;
const put = (task: string, model: string) =>
  http.app.inject({ method: 'PUT', url: `/tasks/${task}`, payload: { model } });
const adapt = (task: string, payload: object, query = '') =>
  http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt${query}`, payload, headers: wait });

describe('a model name with a version, as in answers', () => {
  it('is accepted wherever a request names a model', async () => {
    const printed = (await adapt('source', points)).json().model;
    expect(printed).toBe('tiny-prototypes@1.0.0');

    expect((await put('by-put', printed)).json()).toMatchObject({ model: 'tiny-prototypes' });
    expect((await put('by-put', 'tiny-prototypes')).statusCode).toBe(200);
    expect((await put('by-put', printed)).statusCode).toBe(200);
    expect((await adapt('by-put', { support, model: printed })).json().status).toBe('succeeded');
    expect((await adapt('by-body', { support, model: printed })).json().status).toBe('succeeded');
    expect((await adapt('by-query', { support }, `?model=${printed}`)).json().status).toBe('succeeded');
    expect((await adapt('source', { support, model: printed })).json().status).toBe('succeeded');
    const { payload, headers } = form([
      ['anchor', glyph('anchor', 1)],
      ['knot', glyph('knot', 1)],
    ]);
    const url = '/tasks/by-form/adapt?model=tiny-glyph-prototypes%401.0.0';
    const asForm = await http.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...wait } });
    expect(asForm.json().status).toBe('succeeded');

    const named = (await http.app.inject({ url: `/models/${printed}` })).json();
    expect(named).toEqual((await http.app.inject({ url: '/models/tiny-prototypes' })).json());
  });

  it('gives the same adaptation as the name without version', async () => {
    const [plain, versioned] = [
      await adapt('same', points),
      await adapt('same', { support, model: 'tiny-prototypes@1.0.0' }),
    ];
    expect(versioned.json()).toEqual(plain.json());
  });

  it.each(['tiny-prototypes@1.0.1', 'tiny-prototypes@', 'tiny-prototypes@1', 'tiny-prototypes@1.0.0@1.0.0'])(
    'is a 404 where another version is served: %s',
    async (model) => {
      await put('versioned', 'tiny-prototypes');
      const answers = [
        await put('new-put', model),
        await put('versioned', model),
        await adapt('new-adapt', { support, model }),
        await adapt('new-adapt', { support }, `?model=${model}`),
        await adapt('versioned', { support, model }),
        await http.app.inject({ url: `/models/${model}` }),
      ];
      for (const answer of answers) {
        expect(answer.json()).toMatchObject({
          status: 404,
          code: 'model_not_found',
          expected: 'tiny-prototypes@1.0.0',
          got: model,
        });
        expect(answer.json().detail).toContain('the version served is 1.0.0');
      }
      expect((await http.app.inject({ url: '/tasks/new-put' })).statusCode).toBe(404);
    },
  );

  it('gets 409 if the task has another model', async () => {
    await put('settled', 'tiny-prototypes');
    for (const model of ['tiny-gradients@1.0.0', 'tiny-gradients@9.0.0', 'nope@1.0.0']) {
      const expected = { status: 409, code: 'model_conflict', expected: 'tiny-prototypes', got: model };
      expect((await adapt('settled', { support, model })).json()).toMatchObject(expected);
      expect((await put('settled', model)).json()).toMatchObject(expected);
    }
  });
});

describe('an option in both body and query', () => {
  it('must have the same value', async () => {
    const agreeing = await adapt(
      'agreeing',
      { ...points, mode: 'append' },
      '?model=tiny-prototypes&mode=append',
    );
    expect(agreeing.statusCode).toBe(200);
    for (const query of ['?model=tiny-gradients', '?mode=append']) {
      const refused = await adapt('disagreeing', { ...points, mode: 'replace' }, query);
      expect(refused.json()).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(refused.json().pointer).toMatch(/^\/mode/);
    }
    expect((await http.app.inject({ url: '/tasks/disagreeing' })).statusCode).toBe(404);
  });
});
