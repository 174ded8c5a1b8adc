import type { FastifyInstance } from 'fastify';

/**
 * Ignores the media type of a body that is not there: many clients name one on every call, and the framework would parse
 * nothing as JSON and refuse it.
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
