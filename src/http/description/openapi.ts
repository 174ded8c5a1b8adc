import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { isPublic } from '../admission/route-access.ts';
import type { BodySchema } from '../bodies/batch.ts';
import { describeNulls } from '../bodies/validators.ts';
import type { PrefixOf } from '../protocol/prefix.ts';

/** Serves the API description, made from the routes, at `/openapi.json`, and a page to try the API at `/docs`. */
export async function describeApi(app: FastifyInstance, version: string, prefixOf: PrefixOf): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Innerloop',
        version,
        description:
          'Few-shot adaptation as a service: send a few labelled examples of a task, and ask for predictions a moment later. The examples of a task are its support set. An adaptation is one run of learning from a support set. Bodies with unknown members and queries with unknown parameters are refused. Errors are problem details (RFC 9457); only the routes of the Open Inference Protocol use its own format.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A key from `innerloop keys create`. If the service listens on a loopback address, you need no key until the first key exists.',
          },
        },
      },
      security: [{ key: [] }],
      tags: [
        { name: 'models', description: 'Packages: models that can adapt to new examples.' },
        { name: 'tasks', description: 'Your own problems to solve. Each task uses one package.' },
        {
          name: 'adaptations',
          description:
            'Runs of learning from a support set. The latest succeeded adaptation answers the predictions of the task.',
        },
        { name: 'predictions', description: 'Predictions of the adapted model.' },
        {
          name: 'inference',
          description:
            'Predictions in the format of the Open Inference Protocol v2 (KServe, Triton). In this protocol, a task is called a model, and an adaptation is called a version of the model.',
        },
        { name: 'health', description: 'Probes for monitoring.' },
      ],
    },
    transform: ({ schema, url, route }) => {
      const body = withBodies(withNulls(schema));
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

/** Serves the page at `/docs`. Its links are relative, so that it also works behind a proxy that offers the API under a path. */
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
    // Remove `upgrade-insecure-requests`, because the page may be served without TLS. Remove the validator's site, so that the
    // page cannot send the description there.
    transformStaticCSP: (policy) =>
      policy.replace(' upgrade-insecure-requests;', '').replace(' validator.swagger.io', ''),
  });
}

/** Adds the URL of the API, relative to the URL of the description. Without it, clients would use the root of the host. */
function withServer(description: object, url: string) {
  return { ...description, servers: [{ url, description: 'The service that this description comes from.' }] };
}

/** Describes that optional members of a body may also be null. */
function withNulls(schema: FastifySchema): FastifySchema {
  return schema?.body ? { ...schema, body: describeNulls(schema.body) } : schema;
}

/** Describes the other media types of a body beside JSON (`x-bodies`). */
function withBodies(schema: FastifySchema): FastifySchema {
  const body = schema?.body as BodySchema | undefined;
  if (body?.['x-bodies'] === undefined) return schema;
  const { 'x-bodies': others, 'x-items': _, ...json } = body;
  const content = Object.entries(others).map(([type, description]) => [
    type,
    { schema: type === 'multipart/form-data' ? formOf(description) : { ...FILE, description } },
  ]);
  return {
    ...schema,
    body: { content: { 'application/json': { schema: json }, ...Object.fromEntries(content) } },
  };
}

const FILE = { type: 'string', format: 'binary' };

function formOf(description: string) {
  const part = { anyOf: [FILE, { type: 'string' }] };
  return {
    type: 'object',
    description,
    additionalProperties: { anyOf: [...part.anyOf, { type: 'array', items: part }] },
  };
}
