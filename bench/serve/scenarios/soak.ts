import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../../../test/faults/support/load.ts';
import { medianOf } from '../bars.ts';
import { images, waiting } from '../load/bodies.ts';
import { startCluster } from '../processes/cluster.ts';
import { type ServerProcess, startServer } from '../processes/server.ts';
import type { Vitals } from '../processes/vitals.ts';
import type { Contender, Sample, Scenario } from '../scenario.ts';

const MiB = 2 ** 20;
const CLIENTS = 4;
const QUESTIONS = 8;
/** Small caches, which are full before the end of the warm-up. Growth after the warm-up is then not caused by caches. */
export const BOUNDED = { MEMORY_CACHE_BYTES: String(4 * MiB), STATE_CACHE_BYTES: String(8 * MiB) };
const WARM_UP = 1 / 3;
export const LEAKING = new URL('../../../test/support/processes/leaking.ts', import.meta.url).href;

export interface Step {
  readonly method: 'POST' | 'DELETE';
  /** Here and in a body of text, `:task` is replaced by a different task for each client and round. */
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Requests of one task: adapt, predict, append, predict again, delete. */
export function taskLifecycle(learn: object, more: object, question: object): readonly Step[] {
  const post = (path: string, body: object): Step => ({
    method: 'POST',
    path: `/tasks/:task/${path}`,
    body: JSON.stringify(body),
    headers: waiting,
  });
  const ask = post('predict', question);
  const append = post('adapt', { support: more, mode: 'append' });
  const asks = Array.from({ length: QUESTIONS }, () => ask);
  return [post('adapt', learn), ...asks, append, ...asks, { method: 'DELETE', path: '/tasks/:task' }];
}

const drawings = (count: number, name: string) =>
  images(count, name).map((input, i) => ({ input, label: `class ${i}` }));
const life = taskLifecycle(
  { model: 'omniglot-maml', support: drawings(5, 'support') },
  drawings(1, 'another'),
  {
    inputs: images(1, 'query'),
  },
);

/** A time, or a number of requests: what grows with each request grows by the same on any machine. */
export type Effort = { readonly seconds: number } | { readonly requests: number };

const POLL_MS = 20;

/** Creates and deletes tasks at `address` and measures each process. The result is that of the worst process. */
export async function soak(
  address: string,
  processes: readonly ServerProcess[],
  life: readonly Step[],
  effort: Effort,
): Promise<Sample> {
  const errors: Record<string, number> = {};
  let requests = 0;
  const traffic = load(CLIENTS, async (n) => {
    const of = (text: string) => text.replaceAll(':task', `soak-${n}`);
    for (const { method, path, body, headers } of life) {
      const response = await fetch(`${address}${of(path)}`, {
        method,
        ...(headers && { headers }),
        ...(body && { body: typeof body === 'string' ? of(body) : body }),
      });
      await response.arrayBuffer();
      requests += 1;
      const kind = `status ${response.status}`;
      if (response.status !== 200 && response.status !== 204) errors[kind] = (errors[kind] ?? 0) + 1;
    }
  });
  const all = () => Promise.all(processes.map((each) => each.vitals()));

  const part = async (fraction: number) => {
    if ('seconds' in effort) return pause(effort.seconds * fraction * 1000);
    const enough = requests + effort.requests * fraction;
    while (requests < enough) await pause(POLL_MS);
  };

  await part(WARM_UP);
  const warm = await all();
  const [warmAt, warmRequests] = [performance.now(), requests];
  await part(1 - WARM_UP);
  const end = await all();
  const perSecond = (requests - warmRequests) / ((performance.now() - warmAt) / 1000);
  await traffic.stop();
  const worst = (of: (warm: Vitals, end: Vitals) => number) =>
    Math.max(...end.map((each, i) => of(warm[i] as Vitals, each)));
  const growth = (of: 'collectedBytes' | 'heapBytes') => worst((w, e) => 100 * (e[of] / w[of] - 1));
  return {
    perSecond,
    rssMb: worst((_, { rssBytes }) => rssBytes / MiB),
    growthPercent: growth('collectedBytes'),
    heapGrowthPercent: growth('heapBytes'),
    loopP99Ms: worst((_, { loopP99Ms }) => loopP99Ms),
    errors,
  };
}

/** Runs the soak test on one process. The control process has a leak: it keeps a part of each request. */
async function soakOne(seconds: number, { leaks = false } = {}): Promise<Sample> {
  await using server = await startServer(BOUNDED, { watched: true, preload: leaks ? [LEAKING] : [] });
  // Awaited here, because the server must run until the soak test ends.
  return await soak(server.address, [server], life, { seconds });
}

const [ONE, TWO, CONTROL] = ['one process', 'api and worker over Redis', 'one process that leaks'] as const;

export const soaking: Scenario = {
  name: 'soak',
  title: 'Soak',
  about: `${CLIENTS} clients adapt tasks of omniglot-maml, predict, append examples and delete the tasks. Growth is the growth of resident memory
after garbage collection, from a third of the time to the end. The delay of the event loop is measured inside the process. Of two
processes the worse one is shown. The control is the same server with a leak, for at most 120 s: it keeps each request, and the
same check must detect the leak.`,
  effort: ({ soakSeconds }) => ({ rounds: 1, seconds: soakSeconds }),
  async open(_options, keep) {
    const cluster = await startCluster(BOUNDED, { watched: true }, keep);
    const contenders: Contender[] = [
      { label: ONE, measure: (seconds) => soakOne(seconds) },
      'absent' in cluster
        ? { label: TWO, absent: cluster.absent }
        : {
            label: TWO,
            measure: (seconds) => soak(cluster.api.address, [cluster.api, cluster.worker], life, { seconds }),
          },
      { label: CONTROL, measure: (seconds) => soakOne(Math.min(seconds, 120), { leaks: true }) },
    ];
    return {
      contenders,
      bars: [
        ...[ONE, TWO].flatMap((label) => [
          medianOf(`${label}, growth`, 'growthPercent', label, { atMost: 5 }, '%'),
          medianOf(`${label}, delay of the event loop, p99`, 'loopP99Ms', label, { atMost: 20 }),
        ]),
        medianOf(`${CONTROL}, growth`, 'growthPercent', CONTROL, { atLeast: 5 }, '%'),
      ],
    };
  },
};
