import { createInterface } from 'node:readline';
import { withService } from '../../main/server/with-service.ts';

/**
 * Erases the examples with label `A` of each task of `acme`, task by task. Before each, it prints
 * the id of the task and waits for a line.
 */
await withService(process.env as Record<string, string>, async (service, { store }) => {
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
  const { data } = await store.tasks('acme', { limit: 100 });
  for (const { id } of data) {
    process.stdout.write(`${id}\n`);
    await lines.next();
    await service.erase('acme', id, { label: 'A' });
  }
});
