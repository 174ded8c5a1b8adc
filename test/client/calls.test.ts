import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createClient } from '../../src/client/index.ts';

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

const description: Description = JSON.parse(
  await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

/** The operations that a client calls, by their ids. Each method is called once, and ends with its first call. */
async function called(): Promise<readonly string[]> {
  const calls: string[] = [];
  const fetch = async (input: unknown, { method = 'GET' }: RequestInit = {}) => {
    const path = new URL(String(input)).pathname;
    const [, operations = {}] =
      Object.entries(description.paths).find(([template]) => fits(template, path)) ?? [];
    calls.push(operations[method.toLowerCase()]?.operationId ?? `${method} ${path}`);
    throw new TypeError('no server');
  };
  const client = createClient({ server: 'http://server', fetch });
  const run = async (method: unknown, values: readonly unknown[]) => {
    const answer = (method as (...values: readonly unknown[]) => unknown)(...values);
    const isList = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
    await (isList ? (answer as AsyncGenerator).next() : (answer as Promise<unknown>)).catch(() => {});
  };
  const given: Readonly<Record<string, readonly unknown[]>> = {
    adapt: ['t', []],
    predict: ['t', ['a']],
    feedback: ['t', { input: 'a', label: 'b' }],
    compare: ['t', ['adp_1', 'adp_2'], ['a']],
    report: ['t', 'adp_1'],
    followed: [{ task: 't', id: 'adp_1', status: 'queued' }],
  };
  const { request: _, ...named } = client;
  for (const [name, member] of Object.entries(named)) {
    const methods = typeof member === 'function' ? { [name]: member } : member;
    for (const [each, method] of Object.entries(methods)) await run(method, given[each] ?? ['t', 'id', {}]);
  }
  return calls;
}

/** Whether a path is one of a template, such as `/tasks/{task}`. A path without parameters has its own template. */
function fits(template: string, path: string): boolean {
  return template === path || new RegExp(`^${template.replace(/\{\w+\}/g, '(t|id|adp_1)')}$`).test(path);
}

it('a method of the client is there for each call, except for probes and the Open Inference Protocol', async () => {
  const all = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.values(operations).flatMap(({ operationId }) => (operationId ? [{ path, operationId }] : [])),
  );
  const isOthers = (path: string) => path.startsWith('/v2') || path.startsWith('/health/');
  const wanted = all.filter(({ path }) => !isOthers(path)).map(({ operationId }) => operationId);
  expect([...new Set(await called())].sort()).toEqual(wanted.sort());
});
