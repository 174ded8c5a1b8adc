import { ALL_SCOPES, SCOPES } from '../../domain/keys/scope.ts';
import type { ApiKey } from '../../ports/stores/key-store.ts';
import type { CliContext } from '../context.ts';
import { minuteOf } from '../display/minute.ts';
import { answer } from '../display/output.ts';
import { formatTable } from '../display/table.ts';
import { expiryOf } from '../key-expiry.ts';
import { type ArgsDef, defineSubCommand, type Group, jsonArgument } from '../parser/command.ts';

/**
 * `innerloop keys create | list | revoke`: manages the keys of the service whose DATA_DIR or REDIS_URL is in the
 * environment.
 */
export function keysCommand(context: CliContext): Group {
  return {
    subCommands: {
      create: createCommand(context),
      list: listCommand(context),
      revoke: revokeCommand(context),
    },
  };
}

const createArgs = {
  tenant: {
    type: 'positional',
    description: 'Tenant of the key: it gives access to the data of this tenant',
    required: true,
  },
  name: { type: 'string', description: 'A name to recognise the key by' },
  scopes: {
    type: 'string',
    valueHint: SCOPES.join(),
    description: 'What the key may do (default: admin). Each scope includes the ones before it',
  },
  expires: {
    type: 'string',
    valueHint: '90d|date',
    description: 'When the key expires (default: never)',
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

function createCommand(context: CliContext) {
  return defineSubCommand({
    description: 'Create a key and print it. It is not shown again',
    examples: ['innerloop keys create acme --name billing --expires 90d'],
    args: createArgs,
    async run({ args: given }) {
      const { tenant, name = '', expires } = given;
      const scopes = given.scopes?.split(',') ?? ALL_SCOPES;
      const expiresAt = expires === undefined ? null : expiryOf(expires, context.clock.now());
      await using opened = await context.openKeys();
      const isFirst = (await opened.keys.list()).length === 0;
      const { key, token } = await opened.keys.issue(tenant, { name, expiresAt, scopes });
      const end = key.expiresAt === null ? 'does not expire' : `expires ${minuteOf(key.expiresAt)} UTC`;
      context.stderr.write(
        `Key ${key.id} of ${tenant} (${key.scopes.join(', ')}), in ${opened.place}, ${end}. It is not shown again:\n`,
      );
      answer(context, given.json, { ...shownKey(key), token }, () => token);
      if (isFirst) context.stderr.write(FIRST);
    },
  });
}

const FIRST =
  'It is the first key: from now on every call needs one. Tasks that were made without a key belong to the tenant default: `innerloop keys create default` makes a key for them.\n';

const listArgs = {
  tenant: { type: 'positional', description: 'List the keys of this tenant only', required: false },
  ...jsonArgument,
} as const satisfies ArgsDef;

function listCommand(context: CliContext) {
  return defineSubCommand({
    description: 'List keys, oldest first. Secrets are not shown: only their hashes are stored',
    examples: ['innerloop keys list acme'],
    args: listArgs,
    async run({ args: given }) {
      await using opened = await context.openKeys();
      const keys = await opened.keys.list(given.tenant);
      const ofTenant = given.tenant === undefined ? '' : ` of tenant ${given.tenant}`;
      if (given.json) answer(context, true, keys.map(shownKey), () => '');
      else if (keys.length === 0) context.stderr.write(`No keys${ofTenant} in ${opened.place}\n`);
      else context.stdout.write(`${formatTable(HEAD, keys.map(row))}\n`);
    },
  });
}

/** Without the hash. */
const shownKey = ({ hash: _, ...key }: ApiKey) => key;

const HEAD = [
  'id',
  'tenant',
  'name',
  'scopes',
  'created (UTC)',
  'last used (UTC)',
  'expires (UTC)',
  'revoked (UTC)',
];

function row(key: ApiKey): readonly string[] {
  const { id, tenant, name, scopes, createdAt, lastUsedAt, expiresAt, revokedAt } = key;
  return [
    id,
    tenant,
    JSON.stringify(name),
    scopes.join(),
    ...[createdAt, lastUsedAt, expiresAt, revokedAt].map((date) => (date === null ? '-' : minuteOf(date))),
  ];
}

const revokeArgs = {
  id: {
    type: 'positional',
    description: 'Id of the key, as `keys list` prints it, or the whole key',
    required: true,
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

function revokeCommand(context: CliContext) {
  return defineSubCommand({
    description: 'Revoke a key. This cannot be undone',
    examples: ['innerloop keys revoke 3f9c2b7a41d0'],
    args: revokeArgs,
    async run({ args: given }) {
      await using opened = await context.openKeys();
      const revoked = await opened.keys.revoke(given.id);
      const { id, tenant } = revoked;
      if (given.json) answer(context, true, shownKey(revoked), () => '');
      context.stderr.write(`Key ${id} of ${tenant} is revoked: every server refuses it within a second\n`);
    },
  });
}
