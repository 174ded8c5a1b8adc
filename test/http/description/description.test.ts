import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describedApi } from '../support/description.ts';
import { startApp } from '../support/start-app.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly security?: readonly object[];
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const http = startApp();

describe('the description of the API', () => {
  it('equals the committed file (npm run openapi writes it)', async () => {
    const committed = await readFile(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8');
    expect(committed).toBe(await describedApi());
  });

  it('is served, with an id, a summary, a description and a tag for every operation', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    const operations: Operation[] = Object.values(paths).flatMap((path) => Object.values(path as object));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['adapt', 'predict', 'listModels', 'streamEvents']));
    for (const { summary, description, tags } of operations) {
      expect({ summary, tags }).toEqual({
        summary: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
        tags: [expect.any(String)],
      });
      // Descriptions are whole sentences.
      expect(description).toMatch(/^[A-Z`].{30,}\.$/);
    }
  });

  it('describes every parameter', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    const operations: Operation[] = Object.values(paths).flatMap((path) => Object.values(path as object));
    const parameters = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters.map(({ name, description }) => ({ of: `${operationId} ${name}`, description })),
    );
    expect(parameters.length).toBeGreaterThan(20);
    expect(parameters.filter(({ description }) => !/^\S.{10,}\.$/.test(description ?? ''))).toEqual([]);
  });

  it('says which operations need no key', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    const operations: Operation[] = Object.values(paths).flatMap((path) => Object.values(path as object));
    const open = operations.filter(({ security }) => security?.length === 0);
    expect(open.map(({ operationId }) => operationId).sort()).toEqual([
      'getInferenceLiveness',
      'getInferenceReadiness',
      'getLiveness',
      'getReadiness',
    ]);
  });

  it('lists all media types of a body', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    const typesOf = (path: string) => Object.keys(paths[path].post.requestBody.content);
    const many = [
      'application/json',
      'multipart/form-data',
      'text/csv',
      'application/x-ndjson',
      'application/zip',
    ];
    expect(typesOf('/tasks/{task}/adapt')).toEqual(many);
    const pictures = ['image/jpeg', 'image/png', 'image/webp'];
    const sounds = ['audio/wav', 'audio/flac', 'audio/mpeg', 'audio/ogg'];
    expect(typesOf('/tasks/{task}/predict')).toEqual([...many, ...pictures, ...sounds, 'text/plain']);
  });

  it('requires no parameter that has a default', async () => {
    const { paths } = (await http.app.inject({ url: '/openapi.json' })).json();
    const limit = paths['/tasks'].get.parameters.find(({ name }: { name: string }) => name === 'limit');
    expect(limit).toMatchObject({ required: false, schema: { default: 20 } });
  });

  it('has a page to try the API, to which the root redirects', async () => {
    const root = await http.app.inject({ url: '/' });
    expect({ status: root.statusCode, location: root.headers.location }).toEqual({
      status: 302,
      location: 'docs/',
    });
    const page = await http.app.inject({ url: '/docs/' });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.body).toContain('swagger-ui');
  });
});

describe('health', () => {
  it('is live, and reports the readiness of each part', async () => {
    expect((await http.app.inject({ url: '/health/live' })).json()).toEqual({ live: true });
    const ready = await http.app.inject({ url: '/health/ready' });
    expect({ status: ready.statusCode, ready: ready.json().ready }).toEqual({ status: 200, ready: true });
    expect(Object.values(ready.json().checks)).not.toContain(false);
    expect(ready.json().executionProvider).toBe('cpu');
  });
});

describe('models', () => {
  it('are listed with inputs and settings, and can be read one by one', async () => {
    const list = (await http.app.inject({ url: '/models' })).json();
    expect(list).toMatchObject({ object: 'list', hasMore: false, nextCursor: null });
    const curve = list.data.find(({ name }: { name: string }) => name === 'tiny-curve');
    expect(curve).toMatchObject({
      object: 'model',
      version: '1.0.0',
      task: 'regression',
      input: { shape: [1], preprocessing: { kind: 'none' } },
      inner: { steps: { minimum: 0, default: 3, maximum: 100_000 } },
      digest: expect.stringMatching(/^sha256:/),
      metrics: [],
    });
    expect((await http.app.inject({ url: '/models/tiny-curve' })).json()).toEqual(curve);
  });

  it('that do not exist get 404 with the names of existing models', async () => {
    const answer = await http.app.inject({ url: '/models/nope' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      code: 'model_not_found',
      got: 'nope',
      expected: expect.stringContaining('tiny-curve'),
    });
  });
});
