import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HEADER_LENGTH } from '../inference/binary-framing.ts';

/**
 * Headers of every answer. They do not include Strict-Transport-Security: only the proxy that ends TLS knows the host names.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
const HEADERS = Object.freeze({
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/** Tells browsers to treat answers only as data. Lets web pages of the origins in `corsOrigins` call the API (CORS). */
export async function setBrowserHeaders(app: FastifyInstance, corsOrigins: readonly string[]): Promise<void> {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
  if (corsOrigins.length === 0) return;
  const options = {
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-encoding',
      'content-type',
      'idempotency-key',
      HEADER_LENGTH,
      'last-event-id',
      'prefer',
      'traceparent',
    ],
    exposedHeaders: [
      HEADER_LENGTH,
      'content-disposition',
      'location',
      'preference-applied',
      'retry-after',
      'server-timing',
      'x-cache',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'x-request-id',
    ],
    maxAge: 600,
  };
  const forPreflights = { ...options, preflight: true };
  const forOthers = { ...options, preflight: false };
  await app.register(cors, {
    delegator: (request: FastifyRequest, callback) =>
      callback(null, isPreflight(request) ? forPreflights : forOthers),
  });
}

/** Other OPTIONS requests ask for the methods of a path. The plugin would refuse them. */
function isPreflight({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}
