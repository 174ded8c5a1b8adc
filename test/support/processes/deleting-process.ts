import { parseConfig } from '../../../src/config/parse.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import { openBackend } from '../../../src/main/server/open-backend.ts';
import { noMeter } from '../../../src/ports/telemetry.ts';
import { createDeleteTask } from '../../../src/service/tasks/delete-task.ts';
import { createTenants } from '../../../src/service/tenants/delete-tenant.ts';

/** Deletes the tenant `acme` of the backend that the environment chooses. Prints the id of each deleted task. */
const ignore = () => undefined;
const backend = await openBackend(parseConfig(process.env), createLogger('silent'), noMeter, ignore);
const deleteTask = createDeleteTask({
  ...backend,
  current: { forget: ignore },
  states: { forget: async () => undefined },
  onError: ignore,
});
const tenants = createTenants({
  ...backend,
  clock: { now: () => new Date() },
  onError: ignore,
  deleteTask: async (tenant, id) => {
    await deleteTask(tenant, id);
    process.stdout.write(`${id}\n`);
  },
});
await tenants.deleteTenant('acme', { keepsKeys: false, waitMs: 60_000 });
process.stdout.write('done\n');
await backend[Symbol.asyncDispose]();
