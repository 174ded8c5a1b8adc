import { setTimeout as wait } from 'node:timers/promises';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../examples.ts';

/** Accepts adaptations in the store at argv[2] until one is refused. Prints each id, and then the data that it can still read. */
const store = createLmdbTaskStore({ path: process.argv[2] ?? '', quota: plenty });
const labels = Array.from({ length: 200 }, (_, i) => `label-${i}`);
for (let n = 1; n < 2000; n++) {
  const given = supportOf(labels, n);
  const draft = draftOf(`id-${n}`, { support: { digest: given.support.digest, examples: labels.length } });
  try {
    await store.accept(draft, given, taskDraft);
    process.stdout.write(`${draft.id}\n`);
  } catch {
    process.stdout.write('refused\n');
    break;
  }
}
// An unhandled rejection would have ended the process by now.
await wait(100);
process.stdout.write(`${(await store.task(taskDraft.tenant, taskDraft.id))?.submitted}\n`);
// Do not close the store: closing waits for the flush of the refused write, which never ends.
process.exit();
