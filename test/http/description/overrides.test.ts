import { createRequire } from 'node:module';
import { type FastifyPluginAsync, type FastifyReply, fastify } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';
import { startApp } from '../support/start-app.ts';

/*
 * package.json overrides `cookie` and `content-disposition` with versions that run on Node 20. Their users must work:
 * `inject` of Fastify, and @fastify/static, which serves the documentation.
 */
const http = startApp();

it('serves the files of the documentation', async () => {
  const page = await http.app.inject({ url: '/docs/' });
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const script = await http.app.inject({ url: '/docs/static/swagger-ui-bundle.js' });
  expect(script.statusCode).toBe(200);
  expect(script.headers['content-type']).toMatch(/javascript/);
  expect(script.body.length).toBeGreaterThan(100_000);
});

it('names a download with any characters', async () => {
  const fromSwagger = createRequire(createRequire(import.meta.url).resolve('@fastify/swagger-ui'));
  const fastifyStatic: FastifyPluginAsync<{ root: string }> = fromSwagger('@fastify/static');
  const app = fastify();
  onTestFinished(() => app.close());
  app.register(fastifyStatic, { root: await scratchFolder() });
  type Downloading = FastifyReply & { download(path: string, name: string): FastifyReply };
  app.get('/', (_, reply) => (reply as Downloading).download('missing.txt', 'a "b" ü.txt'));
  const answer = await app.inject({ url: '/' });
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-disposition']).toBe(
    `attachment; filename="a \\"b\\" ?.txt"; filename*=UTF-8''a%20%22b%22%20%C3%BC.txt`,
  );
});

it('sends cookies, encoded', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  app.get('/', (request) => request.headers);
  const answer = await app.inject({ url: '/', cookies: { plain: '1', odd: 'a b;"ü' } });
  expect(answer.json().cookie).toBe('plain=1; odd=a%20b%3B%22%C3%BC');
});
