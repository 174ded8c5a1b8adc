import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import { firstFault, notUtf8 } from './utf8.ts';

/** Half of a surrogate pair: a JSON escape can write it, UTF-8 cannot. */
const LONE_SURROGATE = '\ud800';
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

type Done = (error: Error | null, value?: unknown) => void;

/** Parses JSON bodies from their bytes, so that text that is not UTF-8 is refused instead of replaced. */
export function acceptJson(app: FastifyInstance): void {
  const parse = createJsonParser(app);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parse);
}

/**
 * The framework's JSON parser over bytes. It passes over a byte order mark, as RFC 8259 allows. Text that stores could
 * not keep is refused: bytes that are not UTF-8, and lone surrogates, which would all become U+FFFD.
 */
export function createJsonParser(app: FastifyInstance) {
  const parseText = app.getDefaultJsonParser('error', 'error');
  return (request: FastifyRequest, bytes: Buffer, done: Done): void => {
    // Sent in chunks, a body can be empty although its headers do not say so.
    if (bytes.length === 0 && !request.routeOptions.schema?.body) {
      done(null);
      return;
    }
    const isText = isUtf8(bytes);
    const text = isText ? bytes.toString() : withMarkedFault(bytes);
    parseText(request, text, (error, value) => {
      if (isText && error) return done(error);
      const mayBeIllFormed = !isText || SURROGATE_ESCAPE.test(text);
      const fault = !error && mayBeIllFormed ? firstIllFormed(value, '') : null;
      if (!isText) return done(notUtf8(bytes, placeOf(fault?.pointer), fault?.pointer));
      if (fault) return done(illFormed(fault));
      done(null, value);
    });
  };
}

/** The text of bytes that are not UTF-8, with a lone surrogate where they stop to be: then parsing tells its pointer. */
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

/** The first text of a JSON value, member names included, that has a lone surrogate. */
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

/** A member name inside a JSON pointer (RFC 6901). */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
