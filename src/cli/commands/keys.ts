import { type ArgsDef, defineCommand } from 'citty';
import type { ApiKey } from '../../ports/key-store.ts';
import { expiryOf, refuseUnknown } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../table.ts';

/** `innerloop keys create | list | revoke`: of the service whose DATA_DIR or REDIS_URL the environment names. */
export function keysCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'keys', description: 'Make, list and revoke the keys that callers send' },
    subCommands: {
      create: createCommand(context),
      list: listCommand(context),
      revoke: revokeCommand(context),
    },
  });
}

const createArgs = {
  tenant: { type: 'positional', description: 'Whose key: it opens what this tenant owns', required: true },
  name: { type: 'string', description: 'What it is for, to tell it from others' },
  expires: {
    type: 'string',
    valueHint: '90d|date',
    description: 'When it ends by itself; never unless said',
  },
} as const satisfies ArgsDef;

function createCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'create', description: 'Make a key and print it, this once' },
    args: createArgs,
    async run({ args: given }) {
      refuseUnknown(given, createArgs);
      const { tenant, name = '', expires } = given;
      const expiresAt = expires === undefined ? null : expiryOf(expires, context.clock.now());
      await using opened = await context.openKeys();
      const { key, token } = await opened.keys.issue(tenant, { name, expiresAt });
      const end = expiresAt === null ? 'does not expire' : `expires ${day(key.expiresAt)}`;
      context.stderr.write(
        `Key ${key.id} of ${tenant}, in ${opened.place}, ${end}. It is shown this once:\n`,
      );
      context.stdout.write(`${token}\n`);
    },
  });
}

const listArgs = {
  tenant: { type: 'positional', description: 'Of this tenant alone', required: false },
} as const satisfies ArgsDef;

function listCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'list', description: 'List keys, oldest first; their secrets are kept nowhere' },
    args: listArgs,
    async run({ args: given }) {
      refuseUnknown(given, listArgs);
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
  id: { type: 'positional', description: 'Of `keys list`', required: true },
} as const satisfies ArgsDef;

function revokeCommand(context: CliContext) {
  return defineCommand({
    meta: { name: 'revoke', description: 'End a key, for good' },
    args: revokeArgs,
    async run({ args: given }) {
      refuseUnknown(given, revokeArgs);
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
