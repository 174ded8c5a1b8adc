/**
 * Every way a request or a package can be at fault, or we can. Codes are public and stable: a retired code
 * is never used again. `src/http/errors/status.ts` gives each its HTTP status.
 */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_input'
  | 'invalid_image'
  | 'invalid_settings'
  | 'invalid_support_set'
  | 'unlearnable_support_set'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unauthorized'
  | 'forbidden'
  | 'quota_exceeded'
  | 'rate_limited'
  | 'not_found'
  | 'method_not_allowed'
  | 'model_not_found'
  | 'model_required'
  | 'model_conflict'
  | 'task_not_found'
  | 'task_not_adapted'
  | 'adaptation_not_found'
  | 'idempotency_key_reused'
  | 'adaptation_not_succeeded'
  | 'adaptation_ended'
  | 'adaptation_diverged'
  | 'adaptation_failed'
  | 'too_many_queued'
  | 'unavailable'
  | 'invalid_package'
  | 'invalid_config'
  | 'invalid_recipe'
  | 'internal';

export interface ErrorDetails {
  /**
   * Which example or input of the request is at fault, counted from 0. HTTP makes a pointer of it, or the name of a form's
   * part.
   */
  readonly item?: number;
  /** JSON pointer (RFC 6901) to the member at fault, e.g. `/settings/steps`; it begins at the item where there is one. */
  readonly pointer?: string;
  readonly expected?: string;
  readonly got?: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one error class. Its message is written for the caller: it names the field, what was expected and what came. */
export class InnerloopError extends Error {
  override readonly name = 'InnerloopError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** Whether the same may succeed later: something that is needed is away. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof InnerloopError && error.code === 'unavailable';
}

/** For `catch`: null where something that is needed is away; any other error goes on. */
export function nullIfUnavailable(error: unknown): null {
  if (isUnavailable(error)) return null;
  throw error;
}
