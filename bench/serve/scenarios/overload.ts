import { ratio } from '../bars.ts';
import { arrivals } from '../load/arrivals.ts';
import { adapt, type Post, packedBytesPredict } from '../load/bodies.ts';
import { callOrThrow } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Scenario } from '../scenario.ts';

const LOAD_FACTOR = 3;
const TASKS = 1000;
const MAX_QUEUED = '64';
const QUERIES = 25;
const CONNECTIONS = 64;

const posts = {
  adaptations: adapt('/tasks/t-:task/adapt', { model: 'omniglot-maml', ways: 5, shots: 1, steps: 5 }),
  predictions: packedBytesPredict('/tasks/t/predict', QUERIES),
};
const labels = (what: string) => [`${what} at ${LOAD_FACTOR} × capacity`, `${what} at capacity`] as const;

/** First measures the capacity in a closed loop, then sends three times that rate in an open loop. */
function pair(what: keyof typeof posts, address: string): readonly Contender[] {
  const post: Post = posts[what];
  const [over, at] = labels(what);
  let capacity = Number.NaN;
  return [
    {
      label: at,
      async measure(seconds) {
        const sample = await wrk({ address, post, connections: CONNECTIONS, tasks: TASKS }, seconds);
        capacity = sample.perSecond ?? Number.NaN;
        return sample;
      },
    },
    {
      label: over,
      measure: (seconds) =>
        arrivals({ address, post, perSecond: LOAD_FACTOR * capacity, tasks: TASKS }, seconds),
    },
  ];
}

export const overload: Scenario = {
  name: 'overload',
  title: 'Overload',
  about: `Capacity is the rate of ${CONNECTIONS} clients, each of which waits for its answer before the next request. Then calls arrive at ${LOAD_FACTOR} times
that rate, without waiting for answers, on up to 1024 connections that are already open. Status 200 is good. 429 and 503 with
Retry-After are refusals. Every other answer is an error, and so is no answer within 10 s of the arrival. An adaptation is 5-way
1-shot in 5 steps and is answered when it has ended, with MAX_QUEUED=${MAX_QUEUED}; a prediction has ${QUERIES} images, packed as bytes.`,
  effort: ({ overloadSeconds }) => ({ rounds: 1, seconds: overloadSeconds }),
  async open(_options, keep) {
    const { address } = keep(await startServer({ MAX_QUEUED }));
    await callOrThrow(address, { ...posts.adaptations, path: '/tasks/t/adapt' });
    const kinds = Object.keys(posts) as (keyof typeof posts)[];
    return {
      contenders: kinds.flatMap((what) => pair(what, address)),
      bars: kinds.map((what) =>
        ratio(`${what}: good/s ÷ capacity`, 'perSecond', labels(what), { atLeast: 0.8 }),
      ),
    };
  },
};
