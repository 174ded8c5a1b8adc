import { ratio } from '../bars.ts';
import { adapt, nestedPredict, numbered, type Post } from '../load/bodies.ts';
import { callOrThrow } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Scenario } from '../scenario.ts';

const MiB = 2 ** 20;
const CONCURRENCY = 8;
const WAYS = 5;
/** The head of omniglot-anil: 256 features and a bias for each class, float32. */
const STATE_BYTES = (256 + 1) * WAYS * 4;
/**
 * Share of the cache that a round fills. It is below 1, because the cache evicts only approximately in the order of
 * use.
 */
const FILLED_SHARE = 0.9;

const query = nestedPredict('/tasks/t-:task/predict', 1);

/** Posts for tasks 0 to `count` − 1, some of them concurrently. */
export async function postToEach(address: string, post: Post, count: number): Promise<void> {
  let next = 0;
  const clients = Array.from({ length: CONCURRENCY }, async () => {
    while (next < count) await callOrThrow(address, numbered(post, next++, count));
  });
  await Promise.all(clients);
}

export const tasks: Scenario = {
  name: 'tasks',
  title: 'Many tasks',
  about:
    'One image to each of several tasks in turn, with omniglot-anil, whose state has 5 kB. Memory has room for the states of a tenth\n' +
    'of all tasks (at least 200). Other states are read from the cache on disk.',
  async open({ tasks: count }, keep) {
    const cacheBytes = Math.max(MiB, Math.round((count / 10) * STATE_BYTES));
    const resident = Math.floor((cacheBytes / STATE_BYTES) * FILLED_SHARE);
    const { address } = keep(await startServer({ MEMORY_CACHE_BYTES: String(cacheBytes) }));
    const post = adapt('/tasks/t-:task/adapt', { model: 'omniglot-anil', ways: WAYS, shots: 1, steps: 1 });
    await postToEach(address, post, count);
    const numbers = [1, 100, resident, count];
    const on = (tasks: number, connections: number) => `${tasks} of ${count}, ${connections} conn.`;
    return {
      contenders: [16, 1].flatMap((connections) =>
        numbers.map((tasks) => ({
          label: on(tasks, connections),
          measure: async (seconds: number) => {
            // Load the states into memory first, if they fit.
            if (tasks <= resident) await postToEach(address, query, tasks);
            return wrk({ address, post: query, connections, tasks }, seconds);
          },
        })),
      ),
      bars: [16, 1].flatMap((connections) =>
        [100, resident].map((tasks) =>
          ratio(
            `${tasks} resident tasks, ${connections} conn.: requests/s ÷ with one task`,
            'perSecond',
            [on(tasks, connections), on(1, connections)],
            { atLeast: 0.8 },
          ),
        ),
      ),
    };
  },
};
