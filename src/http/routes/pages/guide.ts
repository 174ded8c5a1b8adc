import type { FastifyInstance } from 'fastify';
import { InnerloopError } from '../../../errors.ts';
import { type Page, sendPageFile } from './playground.ts';

/** Makes the pages of the guide; undefined if this installation has none. */
export type OpenGuide = () => Promise<Page | undefined>;

/** Serves the guide below `/guide/`. It is public and made at the first request, and again if that fails. */
export async function guideRoutes(app: FastifyInstance, { open }: { open: OpenGuide }): Promise<void> {
  const options = { schema: { hide: true }, config: { access: 'public' } } as const;
  let opened: ReturnType<OpenGuide> | undefined;
  // Relative, so that it also leads back through a proxy that offers the API under a path.
  app.get('/guide', options, async (_, reply) => reply.redirect('guide/', 302));
  app.get<{ Params: { '*': string } }>('/guide/*', options, async (request, reply) => {
    opened ??= open().catch((error) => {
      opened = undefined;
      throw error;
    });
    const address = request.params['*'];
    const file = (await opened)?.get(address);
    if (!file) throw new InnerloopError('not_found', `Expected a page of /guide/, got ${address}`);
    return sendPageFile(file, request, reply);
  });
}
