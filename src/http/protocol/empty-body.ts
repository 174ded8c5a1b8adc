import type { FastifyInstance } from 'fastify';

/**
 * Ignores the media type of a request without a body. Many clients send `Content-Type` on every call; the framework would
 * then parse the empty body as JSON and refuse it.
 */
export function ignoreTypeOfEmptyBody(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
    if (encoding === undefined && Number(length) === 0) {
      delete headers['content-type'];
      delete headers['content-encoding'];
    }
    done();
  });
}
