import { type ArgsDef, defineCommand } from 'citty';
import type { ApiKey } from '../../ports/key-store.ts';
import { expiryOf, requireKnown } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../table.ts';

/**
 * `innerloop keys create | list | revoke`: manages the keys of the service whose DATA_DIR or REDIS_URL is in the
 * environment.
 */
export function keysCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'keys', description: 'Create, list and revoke the API keys of the service' },
    subCommands: {
      create: createCommand(context),
      list: listCommand(context),
      revoke: revokeCommand(context),
    },
  });
}

const createArgs = {
  tenant: {
    type: 'positional',
    description: 'Tenant of the key: it gives access to the data of this tenant',
    required: true,
  },
  name: { type: 'string', description: 'A name to recognise the key by' },
  expires: {
    type: 'string',
    valueHint: '90d|date',
    description: 'When the key expires (default: never)',
  },
} as const satisfies ArgsDef;

function createCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'create', description: 'Create a key and print it. It is not shown again' },
    args: createArgs,
    async run({ args: given }) {
      requireKnown(given, createArgs);
      const { tenant, name = '', expires } = given;
      const expiresAt = expires === undefined ? null : expiryOf(expires, context.clock.now());
      await using opened = await context.openKeys();
      const { key, token } = await opened.keys.issue(tenant, { name, expiresAt });
      const end = expiresAt === null ? 'does not expire' : `expires ${day(key.expiresAt)}`;
      context.stderr.write(
        `Key ${key.id} of ${tenant}, in ${opened.place}, ${end}. It is not shown again:\n`,
      );
      context.stdout.write(`${token}\n`);
    },
  });
}

const listArgs = {
  tenant: { type: 'positional', description: 'List the keys of this tenant only', required: false },
} as const satisfies ArgsDef;

function listCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'list',
      description: 'List keys, oldest first. Secrets are not shown: only their hashes are stored',
    },
    args: listArgs,
    async run({ args: given }) {
      requireKnown(given, listArgs);
      await using opened = await context.openKeys();
      const keys = await opened.keys.list(given.tenant);
      if (keys.length === 0) context.stderr.write(`No keys in ${opened.place}\n`);
      else context.stdout.write(`${formatTable(HEAD, keys.map(row))}\n`);
    },
  });
}

const HEAD = ['id', 'tenant', 'name', 'created', 'last used', 'expires', 'revoked'];

function row({ id, tenant, name, createdAt, lastUsedAt, expiresAt, revokedAt }: ApiKey): readonly string[] {
  return [id, tenant, JSON.stringify(name), ...[createdAt, lastUsedAt, expiresAt, revokedAt].map(day)];
}

const revokeArgs = {
  id: { type: 'positional', description: 'Id of the key, as `keys list` prints it', required: true },
} as const satisfies ArgsDef;

function revokeCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'revoke', description: 'Revoke a key. This cannot be undone' },
    args: revokeArgs,
    async run({ args: given }) {
      requireKnown(given, revokeArgs);
      await using opened = await context.openKeys();
      const { id, tenant } = await opened.keys.revoke(given.id);
      context.stderr.write(`Key ${id} of ${tenant} is revoked: every server refuses it within a second\n`);
    },
  });
}

/** To the minute, UTC. */
function day(date: string | null): string {
  return date === null ? '-' : date.slice(0, 16).replace('T', ' ');
}
