import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Items } from '../../concurrency/limit.ts';
import { InnerloopError } from '../../errors.ts';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { RawExample } from '../../service/service.ts';
import type { BodyKind } from './kinds.ts';

/** The names by which the caller knows an input. */
export interface Source {
  readonly field?: string;
  readonly filename?: string;
}

/** The inputs of a body that is not one JSON value: of a form, a table or an archive, or one file or text. */
export interface Batch {
  /**
   * The inputs with their labels, in order. `target` is the column with the labels or numbers of a table. Call only one of
   * `examples` and `inputs`, once. @throws InnerloopError
   */
  examples(target: string | undefined): Items<RawExample>;
  /** @throws InnerloopError */
  inputs(): Items<RawInput>;
  /** The name of an item that has been read. */
  sourceOf(item: number): Source;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The inputs of the body, if it is not JSON; otherwise null. */
    batch: Batch | null;
    /** The name of an item of the body at the end of error messages, such as ` (line 3)`. Null for JSON. */
    itemName: ((item: number) => string) | null;
  }
}

/** The `body` of a request with a batch. Schemas do not check it. */
export const BATCH_BODY = Object.freeze({});

/** The schema of a body that may also have other media types than JSON. */
export interface BodySchema {
  /** Schemas by media type, of a route of another protocol. */
  readonly content?: Readonly<Record<string, unknown>>;
  /** Descriptions by media type. */
  readonly 'x-bodies'?: Readonly<Record<string, string>>;
  /** The member of the JSON body that holds the items. */
  readonly 'x-items'?: string;
}

export function decorateBatches(app: FastifyInstance): void {
  app.decorateRequest('batch', null);
  app.decorateRequest('itemName', null);
}

/** @throws InnerloopError `unsupported_media_type` if the route does not take bodies of this kind */
export function requireType({ routeOptions }: FastifyRequest, { types: [type] }: BodyKind): BodySchema {
  const schema = routeOptions.schema?.body as BodySchema | undefined;
  if (schema && Object.hasOwn(schema['x-bodies'] ?? {}, type)) return schema;
  const expected = bodyOf(schema);
  throw new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${type}`, {
    expected,
    got: type,
  });
}

/** The bodies that a route takes, in words. */
export function bodyOf(schema: unknown): string {
  const { content, 'x-bodies': others = {} } = (schema ?? {}) as BodySchema;
  const types = content ? Object.keys(content) : ['application/json', ...Object.keys(others)];
  return `a body of ${types.join(', ')}`;
}

/** @throws InnerloopError `invalid_request` if a call with a form or an archive names a column */
export function refuseTarget(target: string | undefined, labels: string): void {
  if (target === undefined) return;
  const expected = `target only for text/csv and application/x-ndjson (${labels})`;
  const got = `target=${target.slice(0, 64)}`;
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}
