import type { Adaptation } from './types.ts';

export interface ProblemMembers {
  readonly code: string;
  readonly pointer?: string | undefined;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
}

interface ProblemContext {
  readonly adaptation?: Adaptation | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/**
 * The one error of this client: the server refused a call, an adaptation did not succeed, or no answer came.
 *
 * @see RFC 9457, the form of the server's errors
 */
export class InnerloopProblem extends Error {
  override readonly name = 'InnerloopProblem';
  /** Status of the answer; 0 if none came. */
  readonly status: number;
  /** A code of the server. Those of the client itself: `no_answer`, `not_an_answer`, and `adaptation_cancelled`. */
  readonly code: string;
  /** JSON pointer (RFC 6901) to the wrong member of the body. */
  readonly pointer: string | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  /** The adaptation that did not succeed. */
  readonly adaptation: Adaptation | undefined;
  /** The seconds to wait before the call is repeated, if the server named them (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    { code, pointer, expected, got }: ProblemMembers,
    message: string,
    { adaptation, retryAfterSeconds, cause }: ProblemContext = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.pointer = pointer;
    this.expected = expected;
    this.got = got;
    this.adaptation = adaptation;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Reads the problem in an answer that is not a success. */
export async function problemOf(response: Response): Promise<InnerloopProblem> {
  const { status } = response;
  const body = membersOf(await response.text().catch(() => ''));
  const { detail, ...members } = body;
  const code = members.code ?? 'not_an_answer';
  return new InnerloopProblem(
    status,
    { ...members, code },
    detail ?? `the server answered with status ${status}`,
    { retryAfterSeconds: retryAfterOf(response) },
  );
}

/** The seconds of `Retry-After`. Its other form, a date, is not read. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number.parseFloat(headers.get('retry-after') ?? '');
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** Gateways answer in other forms. */
function membersOf(text: string): Partial<ProblemMembers> & { readonly detail?: string } {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return {};
    const known = Object.entries(body).filter(
      ([name, value]) => MEMBERS.has(name) && typeof value === 'string',
    );
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

const MEMBERS: ReadonlySet<string> = new Set(['code', 'detail', 'pointer', 'expected', 'got']);
