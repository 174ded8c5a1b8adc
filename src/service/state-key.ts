import type { Adaptation } from '../domain/adaptation.ts';

export type Owned = Pick<Adaptation, 'tenant' | 'id'>;

/** The key of a state in runner and cache. It contains the tenant, so tenants never share a state. */
export function stateKey({ tenant, id }: Owned): string {
  return `${tenant}/${id}`;
}
