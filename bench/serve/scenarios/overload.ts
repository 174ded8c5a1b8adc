import { ratio } from '../bars.ts';
import { arrivals } from '../load/arrivals.ts';
import { adapt, type Post, packedBytesPredict } from '../load/bodies.ts';
import { mustCall } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Scenario } from '../scenario.ts';

const TIMES = 3;
const TASKS = 1000;
const MAX_QUEUED = '64';
const QUERIES = 25;
const CONNECTIONS = 64;

const posts = {
  adaptations: adapt('/tasks/t-:task/adapt', { model: 'omniglot-maml', ways: 5, shots: 1, steps: 5 }),
  predictions: packedBytesPredict('/tasks/t/predict', QUERIES),
};
const labels = (what: string) => [`${what} at ${TIMES} × capacity`, `${what} at capacity`] as const;

/** What is served of callers who wait for their turn; then callers who do not, thrice as many as were served. */
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
      measure: (seconds) => arrivals({ address, post, perSecond: TIMES * capacity, tasks: TASKS }, seconds),
    },
  ];
}

export const overload: Scenario = {
  name: 'overload',
  title: 'Overload',
  about: `Capacity is what ${CONNECTIONS} callers get who each wait for their answer. Then calls come at ${TIMES} times that rate whether or not any
has been answered, on up to 1024 connections that are open before. An answer is good with 200; 429 and 503 are refusals if they say when to come back;
all else is an error, as is no answer within 10 s of the call's arrival. An adaptation is 5-way 1-shot in 5 steps and waited for,
with MAX_QUEUED=${MAX_QUEUED}; a prediction is of ${QUERIES} images, packed as bytes.`,
  effort: ({ overloadSeconds }) => ({ rounds: 1, seconds: overloadSeconds }),
  async open(_options, keep) {
    const { address } = keep(await startServer({ MAX_QUEUED }));
    await mustCall(address, { ...posts.adaptations, path: '/tasks/t/adapt' });
    const kinds = Object.keys(posts) as (keyof typeof posts)[];
    return {
      contenders: kinds.flatMap((what) => pair(what, address)),
      bars: kinds.map((what) =>
        ratio(`${what}, good/s to capacity`, 'perSecond', labels(what), { atLeast: 0.8 }),
      ),
    };
  },
};
