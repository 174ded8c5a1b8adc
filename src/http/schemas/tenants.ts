import { type Static, Type } from 'typebox';
import { type Quota, type Usage, usageOf } from '../../domain/usage.ts';
import { objectName } from './shared/shape.ts';

const amounts = (description: string) =>
  Type.Object(
    {
      tasks: Type.Integer({ description: 'Tasks.' }),
      examples: Type.Integer({
        description: 'Examples of all support sets, also of those that a later one has replaced.',
      }),
      bytes: Type.Integer({
        description:
          'Bytes of support sets, features, kept predictions, inputs kept for drift, metadata, idempotency keys, and records without losses and reports.',
      }),
      queued: Type.Integer({ description: 'Adaptations that wait or run.' }),
    },
    { description },
  );

export const Tenant = Type.Object(
  {
    id: Type.String({ description: 'The name of the tenant.' }),
    object: objectName('tenant'),
    usage: amounts('What the tenant uses now.'),
    limits: amounts('What it may use. A call that would use more is refused.'),
  },
  { title: 'Tenant', description: 'The tenant of the key: what it uses, and what it may.' },
);

export function tenantBody(
  id: string,
  { usage, quota }: { readonly usage: Usage; readonly quota: Quota },
): Static<typeof Tenant> {
  return {
    id,
    object: 'tenant',
    usage: usageOf((field) => usage[field]),
    limits: usageOf((field) => quota[field]),
  };
}

export const TenantDeletion = Type.Object({
  confirm: Type.String({
    description: 'The name of your tenant, so that nothing is deleted by mistake.',
    examples: ['acme'],
  }),
  keepKeys: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'True: the keys of the tenant stay, and the tenant starts empty.',
    }),
  ),
});
