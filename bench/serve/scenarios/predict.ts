import { ratio } from '../bars.ts';
import { adapt, binaryInfer, nestedPredict, packedPredict } from '../load/bodies.ts';
import { call, callOrThrow } from '../load/call.ts';
import { wrk } from '../load/wrk.ts';
import { type Mode, peerContenders } from '../processes/peers.ts';
import { startServer } from '../processes/server.ts';
import type { Contender, Scenario } from '../scenario.ts';

const forms = {
  "the peer's JSON": nestedPredict('/tasks/t/predict', 1),
  packed: packedPredict('/tasks/t/predict', 1),
  'OIP binary': binaryInfer('/v2/models/t/infer', 1),
};
const on = (who: string, connections: number) => `${who}, ${connections} conn.`;
const ours = (form: keyof typeof forms) => `ours, ${form}`;
const peer = (mode: Mode) => `${mode} peer`;

const json = ours("the peer's JSON");

export const predict: Scenario = {
  name: 'predict',
  title: 'Predictions',
  about:
    'One image to a task of omniglot-maml (conv4) that was adapted 5-way 1-shot in 5 steps. Each contender is one process. All\n' +
    "contenders get the same bytes of the peer's JSON; packed and binary are other formats of our service.",
  async open({ peer: path }, keep) {
    const { address } = keep(await startServer({}));
    await callOrThrow(
      address,
      adapt('/tasks/t/adapt', { model: 'omniglot-maml', ways: 5, shots: 1, steps: 5 }),
    );
    const contenders: Contender[] = [];
    for (const connections of [16, 1]) {
      for (const [form, post] of Object.entries(forms)) {
        const label = on(ours(form as keyof typeof forms), connections);
        const { status } = await call(address, post);
        if (status === 404) contenders.push({ label, absent: 'this server does not speak it' });
        else contenders.push({ label, measure: (seconds) => wrk({ address, post, connections }, seconds) });
      }
    }
    for (const mode of ['plain', 'tuned'] as const) {
      const post = forms["the peer's JSON"];
      contenders.push(
        ...(await peerContenders(path, mode, keep, ({ address }) =>
          [16, 1].map((connections) => ({
            label: on(peer(mode), connections),
            measure: (seconds) => wrk({ address, post, connections }, seconds),
          })),
        )),
      );
    }
    return {
      contenders,
      bars: [
        ratio(
          "16 connections: requests/s ÷ the plain peer's",
          'perSecond',
          [on(json, 16), on(peer('plain'), 16)],
          { atLeast: 8 },
        ),
        ratio(
          "16 connections: requests/s ÷ the tuned peer's",
          'perSecond',
          [on(json, 16), on(peer('tuned'), 16)],
          { atLeast: 2.5 },
        ),
        ratio("16 connections: p99 ÷ the tuned peer's", 'p99Ms', [on(json, 16), on(peer('tuned'), 16)], {
          atMost: 0.3,
        }),
        ratio("1 connection: p50 ÷ the tuned peer's", 'p50Ms', [on(json, 1), on(peer('tuned'), 1)], {
          atMost: 1,
        }),
      ],
    };
  },
};
