import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { SCOPES } from '../../domain/keys/scope.ts';
import type { PrefixOf } from '../protocol/prefix.ts';
import { type ReadyFile, readyFile, sendFile } from '../protocol/send-file.ts';
import { addAnswers } from './add-answers.ts';
import { addRefusals } from './add-refusals.ts';
import { nameSchemas } from './components.ts';
import { describedSchema } from './described-schema.ts';
import { CSS, ICON, KEEP_KEY, LOGO } from './page.ts';

/**
 * Serves the API description, made from the routes, at `/openapi.json`, and a page to try the API at `/docs`. With `atRoot`,
 * `/` leads to that page.
 */
export async function describeApi(
  app: FastifyInstance,
  version: string,
  prefixOf: PrefixOf,
  atRoot: boolean,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Innerloop',
        version,
        description:
          'Few-shot adaptation as a service: send a few labelled examples of a task, and ask for predictions a moment later. The examples of a task are its support set. An adaptation is one run of learning from a support set. Bodies with unknown members and queries with unknown parameters are refused. Errors are problem details (RFC 9457); only the routes of the Open Inference Protocol use its own format.',
        contact: { name: 'The operator of the server' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // The served description has the address of its server instead.
      servers: [{ url: '/', description: 'The server.' }],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: `A key from \`innerloop keys create\`. Each operation names the scope that the key needs (\`x-scope\`). The scopes are ${SCOPES.join(', ')}; each includes the ones before it. If the service listens on a loopback address, you need no key until the first key exists.`,
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
        {
          name: 'examples',
          description:
            'The labelled examples of a task, from which its next adaptation learns. Read, correct, erase and download them.',
        },
        { name: 'predictions', description: 'Predictions of the adapted model.' },
        {
          name: 'feedback',
          description:
            'Learning from use: send right answers, read the accuracy, and list what to label next. `PUT /tasks/{task}` with `keep` lets a task keep its predictions.',
        },
        { name: 'webhooks', description: 'Messages to your own servers when something happens.' },
        {
          name: 'inference',
          description:
            'Predictions in the format of the Open Inference Protocol v2 (KServe, Triton). In this protocol, a task is called a model, and an adaptation is called a version of the model.',
        },
        { name: 'tenants', description: 'Your data as a whole.' },
        { name: 'health', description: 'Probes for monitoring.' },
      ],
    },
    transformObject: (made) => {
      const description = 'openapiObject' in made ? made.openapiObject : made.swaggerObject;
      addAnswers(description);
      addRefusals(description);
      nameSchemas(description);
      return description;
    },
    transform: ({ schema, url, route }) => ({ schema: describedSchema(schema, route), url }),
  });
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    // Writing it takes long. There are few prefixes.
    const descriptions = new LRUCache<string, ReadyFile>({
      max: 8,
      memoMethod: (url) =>
        readyFile(
          'application/json; charset=utf-8',
          Buffer.from(JSON.stringify(withServer(scope.swagger(), url))),
        ),
    });
    const sendDescription: SendDescription = (request, reply, root) =>
      sendFile(descriptions.memo(prefixOf(request) || root), request, reply);
    await servePage(scope, sendDescription);
    const schema = { hide: true };
    scope.get('/openapi.json', { schema }, async (request, reply) => sendDescription(request, reply, '.'));
    if (!atRoot) return;
    scope.get('/', { schema }, async (request, reply) =>
      reply.redirect(prefixOf(request) ? `${prefixOf(request)}/docs/` : 'docs/', 302),
    );
  });
}

/** Sends the description. `root` leads from its URL to that of the API, unless a proxy names another prefix. */
type SendDescription = (request: FastifyRequest, reply: FastifyReply, root: string) => FastifyReply;

/** Serves the page at `/docs`. Its links are relative, so that it also works behind a proxy that offers the API under a path. */
async function servePage(scope: FastifyInstance, sendDescription: SendDescription): Promise<void> {
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: '.',
    uiConfig: { tryItOutEnabled: true, docExpansion: 'list', displayRequestDuration: true },
    logo: { type: 'image/svg+xml', content: LOGO },
    uiHooks: {
      // The plugin itself redirects to an absolute path.
      onRequest: (request, reply, next) => {
        if (request.url.endsWith('/static/index.html')) reply.redirect('../', 302);
        else next();
      },
      // The plugin itself would write the description at each call. JSON is YAML, too.
      preHandler: (request, reply, next) => {
        const { url } = request.routeOptions;
        if (url === '/docs/json') sendDescription(request, reply, '..');
        else if (url === '/docs/yaml') reply.redirect('json', 302);
        else next();
      },
    },
    theme: {
      title: 'Innerloop: the API',
      favicon: [
        {
          filename: 'icon.svg',
          rel: 'icon',
          type: 'image/svg+xml',
          sizes: 'any',
          content: Buffer.from(ICON),
        },
      ],
      css: [{ filename: 'innerloop.css', content: CSS }],
      js: [{ filename: 'keep-key.js', content: KEEP_KEY }],
    },
    staticCSP: true,
    // Remove `upgrade-insecure-requests`, because the page may be served without TLS. Remove the validator's site, so that the
    // page cannot send the description there.
    transformStaticCSP: (policy) =>
      policy
        .replace(' upgrade-insecure-requests;', '')
        .replace(' validator.swagger.io', '')
        .replace("frame-ancestors 'self'", "frame-ancestors 'none'")
        .replace("style-src 'self' https:", `style-src 'self' ${HIDDEN}`),
  });
}

/** The `style` attribute by which Swagger UI hides its drawing of icons. */
const HIDDEN = "'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

/** Adds the URL of the API, relative to the URL of the description. Without it, clients would use the root of the host. */
function withServer(description: object, url: string) {
  return { ...description, servers: [{ url, description: 'The service that this description comes from.' }] };
}
