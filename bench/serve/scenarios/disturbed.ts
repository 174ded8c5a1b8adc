import { load } from '../../../test/faults/support/load.ts';
import { medianOf, ratio } from '../bars.ts';
import { adapt, firstNumber, nestedPredict, numbered, type Post, peerAdapt } from '../load/bodies.ts';
import { callOrThrow } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { peerContenders } from '../processes/peers.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Sample, Scenario } from '../scenario.ts';

const TASKS = 1000;
const query = nestedPredict('/tasks/t/predict', 1);
const model = 'omniglot-maml';
const episode = { ways: 5, shots: 5, steps: 5 };

/** Predictions on one connection while another client repeats `post`. */
async function whileAdapting(address: string, post: Post, seconds: number): Promise<Sample> {
  const first = firstNumber();
  const startedAt = performance.now();
  let adapted = 0;
  const adapting = load(1, async (n) => {
    await callOrThrow(address, numbered(post, first + n, TASKS));
    adapted += 1;
  });
  const sample = await wrk({ address, post: query, connections: 1 }, seconds);
  await adapting.stop();
  return { ...sample, besidesPerSecond: adapted / ((performance.now() - startedAt) / 1000) };
}

const pair = (who: string, address: string, post: Post): readonly Contender[] => [
  {
    label: `${who}, undisturbed`,
    measure: (seconds) => wrk({ address, post: query, connections: 1 }, seconds),
  },
  {
    label: `${who}, while it adapts`,
    measure: (seconds) => whileAdapting(address, post, seconds),
  },
];

export const disturbed: Scenario = {
  name: 'disturbed',
  title: 'Predictions while another client adapts',
  about:
    'Predictions as in the section above on one connection, while another client adapts other tasks without pause: 5-way 5-shot in\n' +
    '5 steps, each time with a different seed, so that every adaptation is computed.',
  async open({ peer }, keep) {
    const { address } = keep(await startServer({}));
    await callOrThrow(address, adapt('/tasks/t/adapt', { model, ways: 5, shots: 1, steps: 5 }));
    const contenders = [
      ...pair('ours', address, adapt('/tasks/other-:task/adapt', { model, ...episode })),
      ...(await peerContenders(peer, 'tuned', keep, ({ address }) =>
        pair('tuned peer', address, peerAdapt('/tasks/other-:task/adapt', episode)),
      )),
    ];
    const pairLabels = (who: string) => [`${who}, while it adapts`, `${who}, undisturbed`] as const;
    return {
      contenders,
      bars: [
        ratio('ours: requests/s while it adapts ÷ undisturbed', 'perSecond', pairLabels('ours'), {
          atLeast: 0.8,
        }),
        medianOf('p99 while it adapts', 'p99Ms', 'ours, while it adapts', { atMost: 10 }),
        ratio(
          'tuned peer: requests/s while it adapts ÷ undisturbed',
          'perSecond',
          pairLabels('tuned peer'),
          null,
        ),
      ],
    };
  },
};
