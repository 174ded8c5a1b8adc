import type { ErrorCode, ErrorDetails } from '../../errors.ts';
import type { ProblemBody } from '../schemas/problem.ts';
import { statusOf } from './status.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** An error as RFC 9457 tells it. `instance` is the path that was asked for. */
export function problem(
  code: ErrorCode,
  detail: string,
  instance: string,
  details: ErrorDetails,
): ProblemBody {
  const { pointer, expected, got } = details;
  return {
    type: `urn:innerloop:problem:${code}`,
    title: titleOf(code),
    status: statusOf[code],
    detail,
    instance,
    code,
    ...(pointer !== undefined && { pointer }),
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
  };
}

/** `task_not_found` → `Task not found` */
function titleOf(code: ErrorCode): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}
