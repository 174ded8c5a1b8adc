import { TENANT_ID_PATTERN } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';

/** @throws InnerloopError `invalid_request` */
export function checkTenantId(tenant: string): void {
  if (new RegExp(TENANT_ID_PATTERN).test(tenant)) return;
  const expected = `a tenant that matches ${TENANT_ID_PATTERN}`;
  const got = JSON.stringify(tenant);
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}
