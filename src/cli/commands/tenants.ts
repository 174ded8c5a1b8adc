import { InnerloopError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { type ArgsDef, defineSubCommand, type Group, jsonArgument } from '../parser/command.ts';

/** `innerloop tenants delete`: for the service whose DATA_DIR or REDIS_URL is in the environment. */
export function tenantsCommand(context: CliContext): Group {
  return { subCommands: { delete: deleteCommand(context) } };
}

const deleteArgs = {
  tenant: { type: 'positional', description: 'Tenant to delete', required: true },
  yes: { type: 'boolean', description: 'Confirm: this cannot be undone' },
  'keep-keys': { type: 'boolean', description: 'Keep its keys, for new data' },
  ...jsonArgument,
} as const satisfies ArgsDef;

function deleteCommand(context: CliContext) {
  return defineSubCommand({
    description: 'Delete all tasks, examples, adaptations and keys of a tenant. This cannot be undone',
    examples: ['innerloop tenants delete acme --yes'],
    args: deleteArgs,
    async run({ args: given }) {
      const { tenant, yes } = given;
      if (yes !== true) throw notConfirmed(tenant);
      const { isErased, place } = await context.deleteTenant(tenant, given['keep-keys'] === true);
      if (!isErased) throw unfinished(tenant, place);
      context.stderr.write(`All data of ${tenant}, in ${place}, are deleted\n`);
      if (given.json) answer(context, true, { tenant, place, deleted: true }, () => '');
    },
  });
}

function notConfirmed(tenant: string): InnerloopError {
  return new InnerloopError(
    'invalid_request',
    `Expected --yes, since this deletes all data of ${tenant} and cannot be undone`,
  );
}

function unfinished(tenant: string, place: string): InnerloopError {
  const message = `The deletion of ${tenant}, in ${place}, is stored and its requests are refused, but it has not ended. The server finishes it`;
  return new InnerloopError('unavailable', message);
}
