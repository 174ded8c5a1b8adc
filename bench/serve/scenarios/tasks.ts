import { ratio } from '../bars.ts';
import { adapt, nestedPredict, numbered, type Post } from '../load/bodies.ts';
import { mustCall } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Scenario } from '../scenario.ts';

const MiB = 2 ** 20;
const LANES = 8;
const WAYS = 5;
/** The head of omniglot-anil: 256 features and a bias for each class, float32. */
const STATE_BYTES = (256 + 1) * WAYS * 4;
/** The least recently used are not exactly those a round leaves out: some room keeps all of a round resident. */
const FILLED = 0.9;

const query = nestedPredict('/tasks/t-:task/predict', 1);

/** Posts for tasks 0 to `count` − 1, some at a time. */
export async function askEach(address: string, post: Post, count: number): Promise<void> {
  let next = 0;
  const lanes = Array.from({ length: LANES }, async () => {
    while (next < count) await mustCall(address, numbered(post, next++, count));
  });
  await Promise.all(lanes);
}

export const tasks: Scenario = {
  name: 'tasks',
  title: 'Many tasks',
  about:
    'One image to each of so many tasks in turn, of omniglot-anil, whose state is 5 kB, with memory for a tenth of the tasks there are\n' +
    '(for 200 at the least). What is not in memory comes from the cache on disk.',
  async open({ tasks: count }, keep) {
    const cacheBytes = Math.max(MiB, Math.round((count / 10) * STATE_BYTES));
    const resident = Math.floor((cacheBytes / STATE_BYTES) * FILLED);
    const { address } = keep(await startServer({ MEMORY_CACHE_BYTES: String(cacheBytes) }));
    const post = adapt('/tasks/t-:task/adapt', { model: 'omniglot-anil', ways: WAYS, shots: 1, steps: 1 });
    await askEach(address, post, count);
    const numbers = [1, 100, resident, count];
    const on = (tasks: number, connections: number) => `${tasks} of ${count}, ${connections} conn.`;
    return {
      contenders: [16, 1].flatMap((connections) =>
        numbers.map((tasks) => ({
          label: on(tasks, connections),
          measure: async (seconds: number) => {
            // The first round brings them into memory, where that holds them.
            if (tasks <= resident) await askEach(address, query, tasks);
            return wrk({ address, post: query, connections, tasks }, seconds);
          },
        })),
      ),
      bars: [16, 1].flatMap((connections) =>
        [100, resident].map((tasks) =>
          ratio(
            `${tasks} resident tasks, ${connections} conn., requests/s to one task's`,
            'perSecond',
            [on(tasks, connections), on(1, connections)],
            { atLeast: 0.8 },
          ),
        ),
      ),
    };
  },
};
