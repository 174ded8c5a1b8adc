import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ReadyFile, sendFile } from '../../protocol/send-file.ts';

/** The files of the page by name, such as `app.js`. */
export type Page = ReadonlyMap<string, ReadyFile>;

/**
 * Scripts and styles come from this service alone and are never inline; pictures and sounds also from the page's own memory.
 * `require-trusted-types-for` makes browsers refuse markup that is made of strings, so labels cannot become markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join(';');

/**
 * Serves the page at `/`, and its other files below `/playground/`. They are public: the page asks for a key itself. Its
 * links are relative, so that it also works behind a proxy that offers the API under a path.
 */
export async function playgroundRoutes(app: FastifyInstance, { page }: { page: Page }): Promise<void> {
  const options = { schema: { hide: true }, config: { access: 'public' } } as const;
  for (const [name, file] of page) {
    const url = name === 'index.html' ? '/' : `/playground/${name}`;
    app.get(url, options, async (request, reply) => sendPageFile(file, request, reply));
  }
}

/** Sends a file of a page, under its policy. */
export function sendPageFile(file: ReadyFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({
    'content-security-policy': POLICY,
    'permissions-policy': 'camera=(self), microphone=(self)',
  });
  return sendFile(file, request, reply);
}
