import { difference, ratio } from '../bars.ts';
import { adapt as adaptation, firstNumber, numbered, peerAdapt } from '../load/bodies.ts';
import { callOrThrow } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { startCluster } from '../processes/cluster.ts';
import { peerContenders } from '../processes/peers.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Scenario } from '../scenario.ts';

/** The adaptations are spread over this number of tasks, because no real task has thousands of adaptations. */
const TASKS = 1000;
const episode = { ways: 5, shots: 1, steps: 5 };
const ours = adaptation('/tasks/t-:task/adapt', { model: 'omniglot-maml', ...episode });
const theirs = peerAdapt('/tasks/t/adapt', episode);

export const adapt: Scenario = {
  name: 'adapt',
  title: 'Adaptations',
  about:
    'Adaptations 5-way 1-shot in 5 steps, one at a time, from the request to the answer that reports success (`Prefer: wait=10`).\n' +
    'Our service stores an adaptation durably before it runs; over Redis, an API process accepts it and a worker process runs it.\n' +
    'The peers store it in memory only.',
  async open({ peer }, keep) {
    const measured = (label: string, address: string, post = ours): Contender => ({
      label,
      measure: (seconds) => wrk({ address, post, connections: 1, tasks: TASKS }, seconds),
    });
    const embedded = keep(await startServer({}));
    await callOrThrow(embedded.address, numbered(ours, firstNumber(), TASKS));
    const cluster = await startCluster({}, {}, keep);
    const contenders = [measured('ours, embedded', embedded.address)];
    if ('absent' in cluster) contenders.push({ label: 'ours, over Redis', absent: cluster.absent });
    else {
      await callOrThrow(cluster.api.address, numbered(ours, firstNumber(), TASKS));
      contenders.push(measured('ours, over Redis', cluster.api.address));
    }
    for (const mode of ['plain', 'tuned'] as const) {
      contenders.push(
        ...(await peerContenders(peer, mode, keep, ({ address }) => [
          measured(`${mode} peer`, address, theirs),
        ])),
      );
    }
    return {
      contenders,
      bars: [
        ratio("embedded: p50 ÷ the tuned peer's", 'p50Ms', ['ours, embedded', 'tuned peer'], { atMost: 1 }),
        difference('p50 over Redis − p50 embedded', 'p50Ms', ['ours, over Redis', 'ours, embedded'], {
          atMost: 5,
        }),
      ],
    };
  },
};
