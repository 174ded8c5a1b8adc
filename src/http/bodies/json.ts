import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import { bodyKinds } from './kinds.ts';
import { escapePointer } from './places.ts';
import { firstFault, notUtf8 } from './utf8.ts';

/** One half of a surrogate pair. A JSON escape can express it, but UTF-8 cannot. */
const LONE_SURROGATE = '\ud800';
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

type Done = (error: Error | null, value?: unknown) => void;

/** Parses JSON bodies from their bytes, so that text that is not UTF-8 is refused instead of replaced. */
export function acceptJson(app: FastifyInstance): void {
  const parse = createJsonParser(app);
  const { json, text } = bodyKinds;
  app.removeContentTypeParser([...json.types, ...text.types]);
  app.addContentTypeParser([...json.types], { parseAs: 'buffer' }, parse);
}

/**
 * Makes a parser that reads JSON from bytes with the framework's parser. It skips a byte order mark, as RFC 8259 allows. It
 * refuses bytes that are not UTF-8, and lone surrogates: a store would change each of them to U+FFFD.
 */
export function createJsonParser(app: FastifyInstance) {
  const parseText = app.getDefaultJsonParser('error', 'error');
  return (request: FastifyRequest, bytes: Buffer, done: Done): void => {
    // A body that is sent in chunks can be empty, and its headers do not show it.
    if (bytes.length === 0 && !request.routeOptions.schema?.body) {
      done(null);
      return;
    }
    const isText = isUtf8(bytes);
    const text = isText ? bytes.toString() : withMarkedFault(bytes);
    const plain = isText ? parsePlain(text) : undefined;
    if (plain !== undefined) {
      done(null, plain);
      return;
    }
    parseText(request, text, (error, value) => {
      if (isText && error) return done(explained(error, text));
      const mayBeIllFormed = !isText || SURROGATE_ESCAPE.test(text);
      const fault = !error && mayBeIllFormed ? firstIllFormed(value, '') : null;
      if (!isText) return done(notUtf8(bytes, placeOf(fault?.pointer), fault?.pointer));
      if (fault) return done(illFormed(fault));
      done(null, value);
    });
  };
}

/**
 * The usual case: JSON without escapes and without the names that the framework's parser looks for. Only escapes can express
 * lone surrogates, so there is nothing else to check. Undefined for other texts.
 */
function parsePlain(text: string): unknown {
  if (text.includes('\\') || text.includes('__proto__') || text.includes('constructor')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error of the framework does not say what is wrong in the text: that of the platform's parser is its cause. */
function explained(error: Error, text: string): Error {
  try {
    JSON.parse(text);
  } catch (cause) {
    error.cause = cause;
  }
  return error;
}

/** A description of what was sent instead of JSON, for the error of a parser of `createJsonParser`. */
export function notJson({ cause }: Error): string {
  if (cause instanceof SyntaxError) return `text that is not JSON: ${cause.message}`;
  return 'an object with a member __proto__ or constructor.prototype';
}

/** The parser of `createJsonParser` as a promise, for JSON that is only a part of a body. */
export function parseJsonWith(
  app: FastifyInstance,
): (request: FastifyRequest, bytes: Buffer) => Promise<unknown> {
  const parse = createJsonParser(app);
  return (request, bytes) =>
    new Promise((resolve, reject) => {
      parse(request, bytes, (error, value) => (error ? reject(error) : resolve(value)));
    });
}

/** Replaces the first byte that is not UTF-8 by a lone surrogate. The parsed value then shows the JSON pointer of the fault. */
function withMarkedFault(bytes: Buffer): string {
  const { offset, before } = firstFault(bytes);
  return `${before}${LONE_SURROGATE}${bytes.toString('utf8', offset + 1)}`;
}

function placeOf(pointer: string | undefined): string {
  return pointer ? `the JSON body, at ${pointer}` : 'the JSON body';
}

interface Fault {
  readonly pointer: string;
  readonly text: string;
}

/** Finds the first text with a lone surrogate in a JSON value. Member names count, too. */
function firstIllFormed(value: unknown, pointer: string): Fault | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : { pointer, text: value };
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    const at = `${pointer}/${escapePointer(name).toWellFormed()}`;
    const fault = name.isWellFormed() ? firstIllFormed(member, at) : { pointer: at, text: name };
    if (fault) return fault;
  }
  return null;
}

function illFormed({ pointer, text }: Fault): InnerloopError {
  const expected = 'text of whole Unicode characters';
  const got = `a lone surrogate in ${describe(text)}`;
  const place = pointer === '' ? 'as the body' : `at ${pointer}`;
  return new InnerloopError('invalid_request', `Expected ${expected} ${place}, got ${got}`, {
    pointer,
    expected,
    got,
  });
}
