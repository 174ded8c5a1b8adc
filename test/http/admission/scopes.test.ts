import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { hasScope, SCOPES, type Scope } from '../../../src/domain/keys/scope.ts';
import { requireAccess } from '../../../src/http/admission/route-access.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });

interface Operation {
  readonly operationId: string;
  readonly 'x-scope'?: Scope;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** The operations that need more than the scope `predict`. */
const beyondPredict: Readonly<Record<string, Scope>> = {
  giveFeedback: 'feedback',
  getQuality: 'feedback',
  review: 'feedback',
  getPrediction: 'feedback',
  getPredictionContent: 'feedback',
  getPredictionThumbnail: 'feedback',
  adapt: 'teach',
  readapt: 'teach',
  cancelAdaptation: 'teach',
  activateAdaptation: 'teach',
  listExamples: 'teach',
  downloadExamples: 'teach',
  getExample: 'teach',
  getExampleContent: 'teach',
  getExampleThumbnail: 'teach',
  relabelExample: 'teach',
  eraseExample: 'teach',
  eraseExamples: 'teach',
  getDrift: 'feedback',
  putTask: 'teach',
  deleteTask: 'admin',
  deleteTenant: 'admin',
  createWebhook: 'admin',
  listWebhooks: 'admin',
  getWebhook: 'admin',
  deleteWebhook: 'admin',
  rotateWebhookSecret: 'admin',
  changeWebhook: 'admin',
  testWebhook: 'admin',
  listDeliveries: 'admin',
};

function operations() {
  const { paths } = http.app.swagger() as unknown as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, 'x-scope': scope, responses }]) => {
      const url = path.replace(/\{\w+\}/g, 'any');
      return scope ? [{ operationId, scope, responses, request: { method: method as 'get', url } }] : [];
    }),
  );
}

async function headersOf(...scopes: readonly Scope[]) {
  const { token } = await http.keys.issue('acme', { scopes });
  return { authorization: `Bearer ${token}` };
}

describe('scopes', () => {
  it('include the scopes before them', () => {
    const allowed = SCOPES.map((held) => SCOPES.filter((needed) => hasScope([held], needed)));
    expect(allowed).toEqual([
      ['predict'],
      ['predict', 'feedback'],
      ['predict', 'feedback', 'teach'],
      ['predict', 'feedback', 'teach', 'admin'],
    ]);
    expect(hasScope([], 'predict')).toBe(false);
    expect(hasScope(['predict', 'teach'], 'feedback')).toBe(true);
  });

  it('are those of the list for every operation', () => {
    const all = operations();
    expect(all.length).toBeGreaterThan(15);
    const told = Object.fromEntries(all.map(({ operationId, scope }) => [operationId, scope]));
    const listed = all.map(({ operationId }) => [operationId, beyondPredict[operationId] ?? 'predict']);
    expect(told).toEqual(Object.fromEntries(listed));
    expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(beyondPredict)));
    for (const { responses, scope } of all)
      expect(responses['403']?.description).toContain(`the scope \`${scope}\``);
  });

  it.each(SCOPES)('%s admits to its operations, and to no other', async (held) => {
    const headers = await headersOf(held);
    for (const { operationId, scope, request } of operations()) {
      const answer = await http.app.inject({ ...request, headers });
      const isRefused = answer.statusCode === 403;
      expect([operationId, isRefused]).toEqual([operationId, !hasScope([held], scope)]);
      if (!isRefused) continue;
      const challenge = `Bearer realm="innerloop", error="insufficient_scope", scope="${scope}"`;
      expect(answer.headers['www-authenticate']).toBe(challenge);
      const [expected, got] = [`a key with the scope ${scope}`, `a key with ${held}`];
      expect(answer.json()).toMatchObject({ status: 403, code: 'insufficient_scope', expected, got });
    }
  });

  it('are checked before the body is read and before the task is looked up', async () => {
    const headers = { ...(await headersOf('predict')), 'content-type': 'application/json' };
    const request = { method: 'POST', url: '/tasks/none/adapt', headers, payload: '{"model' } as const;
    expect((await http.app.inject(request)).json().code).toBe('insufficient_scope');
  });

  it('are not needed for paths and methods that do not exist', async () => {
    const headers = await headersOf('predict');
    expect((await http.app.inject({ url: '/nope', headers })).statusCode).toBe(404);
    expect((await http.app.inject({ method: 'PATCH', url: '/tasks', headers })).statusCode).toBe(405);
  });
});

describe('a route', () => {
  it('that does not say who may call it stops the start', async () => {
    const app = Fastify();
    requireAccess(app);
    app.get('/told', { config: { access: 'predict' } }, async () => 'told');
    app.get('/silent', async () => 'silent');
    await expect(async () => app.ready()).rejects.toThrow(/none of GET \/silent/);
  });
});
