import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { HEADER_LENGTH } from '../inference/framing.ts';

/** What browsers are told: to take answers as data and nothing else, and which other origins' pages may read them. */
export async function guideBrowsers(app: FastifyInstance, corsOrigins: readonly string[]): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Whoever ends TLS in front of us knows for which names it holds.
    strictTransportSecurity: false,
  });
  if (corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', HEADER_LENGTH, 'last-event-id', 'prefer'],
    exposedHeaders: [
      HEADER_LENGTH,
      'location',
      'preference-applied',
      'retry-after',
      'server-timing',
      'x-cache',
      'x-request-id',
    ],
    maxAge: 600,
  });
}
