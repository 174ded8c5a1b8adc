import { privateServers } from '../../../test/support/redis/server.ts';
import { difference } from '../bars.ts';
import { adapt, nestedPredict } from '../load/bodies.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Keep, Scenario } from '../scenario.ts';
import { postToEach } from './tasks.ts';

/** A state of omniglot-maml has 450 kB, so the smallest permitted cache has room for two states. */
const TASKS = 20;
const SMALLEST_CACHE = String(2 ** 20);
const query = nestedPredict('/tasks/t-:task/predict', 1);
const adaptation = adapt('/tasks/t-:task/adapt', { model: 'omniglot-maml', ways: 5, shots: 1, steps: 5 });
const newAdaptation = { ...adaptation, path: '/tasks/other-:task/adapt' };

export const misses: Scenario = {
  name: 'misses',
  title: 'States that are not in memory',
  about: `One image on one connection to omniglot-maml, whose state has 450 kB. Requests go to one task, whose state is in memory, or to
${TASKS} tasks in turn, with memory for only two states. Over Redis each state is then read from Redis. On files, with a cache for
two states, each state is then computed again.`,
  async open(_options, keep) {
    return {
      contenders: [...(await overRedis(keep)), ...(await onFiles(keep))],
      bars: [
        difference(
          'p50 of a hit in Redis − p50 of a hit in memory',
          'p50Ms',
          ['Redis, from Redis', 'Redis, in memory'],
          { atMost: 5 },
        ),
        difference(
          'p50 of a state computed again − p50 of an adaptation',
          'p50Ms',
          ['files, computed again', 'files, an adaptation'],
          { atMost: 5 },
        ),
      ],
    };
  },
};

const measured = (label: string, address: string, post: typeof query, tasks: number): Contender => ({
  label,
  measure: (seconds) => wrk({ address, post, connections: 1, tasks }, seconds),
});

async function overRedis(keep: Keep): Promise<readonly Contender[]> {
  const start = await privateServers();
  if (typeof start === 'string')
    return ['Redis, in memory', 'Redis, from Redis'].map((label) => ({ label, absent: start }));
  const { url } = keep(await start(['--appendonly', 'yes', '--appendfsync', 'everysec']));
  const { address } = keep(await startServer({ REDIS_URL: url, MEMORY_CACHE_BYTES: SMALLEST_CACHE }));
  await postToEach(address, adaptation, TASKS);
  return [
    measured('Redis, in memory', address, query, 1),
    measured('Redis, from Redis', address, query, TASKS),
  ];
}

async function onFiles(keep: Keep): Promise<readonly Contender[]> {
  const { address } = keep(
    await startServer({ MEMORY_CACHE_BYTES: SMALLEST_CACHE, STATE_CACHE_BYTES: SMALLEST_CACHE }),
  );
  await postToEach(address, adaptation, TASKS);
  return [
    measured('files, in memory', address, query, 1),
    measured('files, an adaptation', address, newAdaptation, 1000),
    measured('files, computed again', address, query, TASKS),
  ];
}
