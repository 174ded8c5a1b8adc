import type { TenantData } from '../../ports/stores/tenant-data.ts';
import type { ServiceOptions } from '../service-options.ts';

/** The parts of the service that hold data of tenants. */
type Name = {
  [Each in keyof ServiceOptions]-?: NonNullable<ServiceOptions[Each]> extends TenantData ? Each : never;
}[keyof ServiceOptions];

/** All of them, in the order of their deletion. The compiler refuses a list that lacks one. */
const NAMES = {
  store: true,
  predictions: true,
  cache: true,
  outbox: true,
  keyStore: true,
} as const satisfies Readonly<Record<Name, true>>;

export type TenantStores = Pick<ServiceOptions, Name>;

/** The stores to delete a tenant from: with `keepsKeys`, all but its keys. */
export function tenantStores(parts: TenantStores, keepsKeys: boolean): readonly TenantData[] {
  const names = Object.keys(NAMES) as Name[];
  return names.filter((name) => name !== 'keyStore' || !keepsKeys).flatMap((name) => parts[name] ?? []);
}
