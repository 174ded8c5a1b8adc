import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { isPublic } from '../admission/route-access.ts';
import { describeNulls } from '../bodies/nulls.ts';
import type { PrefixOf } from '../protocol/prefix.ts';

/** The API's description at `/openapi.json`, made from the routes, and a page to try it at `/docs`. */
export async function describeApi(app: FastifyInstance, version: string, prefixOf: PrefixOf): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Innerloop',
        version,
        description:
          'Few-shot adaptation as a service: send a few labelled examples of a task, and ask for predictions a moment later. Examples together are the support set of a task. Learning from them is an adaptation. Bodies with unknown members and queries with unknown parameters are refused. Errors are RFC 9457 problems, but for the routes of the Open Inference Protocol.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A key that `innerloop keys create` has made. On a loopback address none is needed until there is one.',
          },
        },
      },
      security: [{ key: [] }],
      tags: [
        { name: 'models', description: 'Packages: models that can adapt.' },
        { name: 'tasks', description: 'Your problems. Each uses one package.' },
        {
          name: 'adaptations',
          description:
            'Learning from a support set. The latest adaptation that has succeeded answers predictions.',
        },
        { name: 'predictions', description: 'Answers of an adapted model.' },
        {
          name: 'inference',
          description:
            'Predictions by the Open Inference Protocol v2 (KServe, Triton). There, a task is a model, and an adaptation is a version of it.',
        },
        { name: 'health', description: 'Probes for monitoring.' },
      ],
    },
    transform: ({ schema, url, route }) => {
      const body = withBinary(withForm(withNulls(schema)));
      return { schema: isPublic(route) ? { ...body, security: [] } : body, url };
    },
  });
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await servePage(scope, prefixOf);
    const schema = { hide: true };
    scope.get('/openapi.json', { schema }, async (request) =>
      withServer(scope.swagger(), prefixOf(request) || '.'),
    );
    scope.get('/', { schema }, async (request, reply) =>
      reply.redirect(prefixOf(request) ? `${prefixOf(request)}/docs/` : 'docs/', 302),
    );
  });
}

/** The page at `/docs`. Its links are relative, so that it also works where a proxy offers the API under a path. */
async function servePage(scope: FastifyInstance, prefixOf: PrefixOf): Promise<void> {
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: '.',
    uiConfig: { tryItOutEnabled: true, docExpansion: 'list', displayRequestDuration: true },
    uiHooks: {
      // The plugin itself redirects to an absolute path.
      onRequest: (request, reply, next) => {
        if (request.url.endsWith('/static/index.html')) reply.redirect('../', 302);
        else next();
      },
    },
    theme: { title: 'Innerloop' },
    transformSpecification: (description, request) => withServer(description, prefixOf(request) || '..'),
    transformSpecificationClone: false,
    staticCSP: true,
    // The page may be served without TLS, and must not send the description to another site for validation.
    transformStaticCSP: (policy) =>
      policy.replace(' upgrade-insecure-requests;', '').replace(' validator.swagger.io', ''),
  });
}

/** `url` is relative to where the description was fetched from; without it, clients would take the root of the host. */
function withServer(description: object, url: string) {
  return { ...description, servers: [{ url, description: 'The service that gave this description.' }] };
}

/** Bodies may have null for a member that may be absent. */
function withNulls(schema: FastifySchema): FastifySchema {
  return schema?.body ? { ...schema, body: describeNulls(schema.body) } : schema;
}

/** A body that may also come as a form (`x-form` says how) is listed under both media types. */
function withForm(schema: FastifySchema): FastifySchema {
  const body = schema?.body as { 'x-form'?: string } | undefined;
  if (body?.['x-form'] === undefined) return schema;
  const { 'x-form': description, ...json } = body;
  const file = { type: 'string', format: 'binary' };
  const form = {
    type: 'object',
    description,
    additionalProperties: { anyOf: [file, { type: 'array', items: file }] },
  };
  return {
    ...schema,
    body: { content: { 'application/json': { schema: json }, 'multipart/form-data': { schema: form } } },
  };
}

/** A body that may also come in binary form (`x-binary` says how), and is then answered in it where that is asked for. */
function withBinary(schema: FastifySchema): FastifySchema {
  const body = schema?.body as { 'x-binary'?: string } | undefined;
  if (body?.['x-binary'] === undefined) return schema;
  const { 'x-binary': description, ...json } = body;
  const bytes = { type: 'string', format: 'binary', description };
  return {
    ...schema,
    body: {
      content: { 'application/json': { schema: json }, 'application/octet-stream': { schema: bytes } },
    },
  };
}
