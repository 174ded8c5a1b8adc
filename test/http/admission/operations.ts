import type { InjectOptions } from 'fastify';
import { points } from '../support/bodies.ts';
import type { TestApp } from '../support/start-app.ts';

export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** `/tasks/{task}` */
  readonly path: string;
}

const inference = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [0, 0] }] };

/** The bodies of operations that take one. They name no model, because then adapt would create a task under an unused name. */
const bodies: Readonly<Record<string, object>> = {
  putTask: {},
  adapt: { support: points.support },
  predict: { inputs: [[0, 0]] },
  giveFeedback: { input: [0, 0], label: 'left' },
  relabelExample: { label: 'left' },
  compareAdaptations: {
    adaptations: [`adp_${'1'.repeat(32)}`, `adp_${'2'.repeat(32)}`],
    inputs: [[0, 0]],
  },
  inferModel: inference,
  inferVersion: inference,
};

/** The queries of operations that need one. */
const queries: Readonly<Record<string, string>> = { eraseExamples: '?label=left' };

export interface Described {
  readonly security?: readonly object[];
  readonly paths?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly operationId: string; readonly security?: object[]; readonly 'x-scope'?: string }
        >
      >
    >
  >;
}

/** The operations of the API, as its description states them. */
export function operationsOf({ app }: TestApp): Operation[] {
  const { paths = {} } = app.swagger() as unknown as Described;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase() as Operation['method'],
      path,
    })),
  );
}

/** A tenant with a key. */
export async function bearerOf(http: TestApp, tenant: string, expiresAt: Date | null = null) {
  const { key, token } = await http.keys.issue(tenant, { expiresAt });
  const headers = { authorization: `Bearer ${token}` };
  const send = (request: InjectOptions) =>
    http.app.inject({ ...request, headers: { ...headers, ...request.headers } });
  const adapt = (task: string, payload: object) =>
    send({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers: { prefer: 'wait=20' } });
  return { id: key.id, token, send, adapt };
}

export type Bearer = Awaited<ReturnType<typeof bearerOf>>;

/** The request of an operation, with these names in its path. */
export function requestOf({ operationId, method, path }: Operation, names: Readonly<Record<string, string>>) {
  const query = queries[operationId] ?? '';
  const url = `${path.replace(/\{(\w+)\}/g, (_, name) => names[name] ?? '')}${query}`;
  const payload = bodies[operationId];
  return payload ? { method, url, payload } : { method, url };
}
