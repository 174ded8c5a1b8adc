import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { draftOf, plenty, supportOf, taskDraft } from '../examples.ts';

/** Accepts adaptations without end in the store at argv[2], four at a time, and prints the id of each durable one. */
const store = createLmdbTaskStore({ path: process.argv[2] ?? '', quota: plenty });
const first = Number(process.argv[3]);
let next = first;

async function acceptForEver(): Promise<never> {
  for (;;) {
    const n = next++;
    const id = `id-${n}`;
    const given = supportOf(['alef', 'bet'], n);
    await store.accept(
      draftOf(id, { support: { digest: given.support.digest, examples: 2 } }),
      given,
      taskDraft,
    );
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all([acceptForEver(), acceptForEver(), acceptForEver(), acceptForEver()]);
