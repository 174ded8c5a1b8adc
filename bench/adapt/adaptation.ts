import type { TSchema } from 'typebox';
import { runSteps, type StepSessions } from '../../src/adapters/onnxruntime/adapting/inner-loop.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import type { Algorithm } from '../../src/algorithms/algorithm.ts';
import { metaObjective } from '../../src/algorithms/objective.ts';
import { maml } from '../../src/algorithms/optimisation/maml.ts';
import { emitPrograms, type Programs } from '../../src/algorithms/programs.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import type { Network } from '../../src/nn/network.ts';
import { repeatStep } from '../../src/onnx/unroll.ts';
import type { Tensor, Tensors } from '../../src/tensor.ts';
import { adamStep, startAdam } from '../../src/training/loop/adam.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import type { Contender } from './contender.ts';

type Labelled = Pick<Contender, 'label' | 'flops'>;
interface Examples {
  readonly x: Tensor;
  readonly y: Tensor;
}

const weightsOf = (net: Network) => startWeights(net.parameters, createRandom(1));

function programsOf(algorithm: Algorithm<TSchema>, net: Network): Programs {
  return emitPrograms(algorithm, net, weightsOf(net), { order: 1 });
}

async function startState(programs: Programs, threads: number, { x, y }: Examples): Promise<Tensors> {
  const session = await compile(encodeProgram(programs.init), { threads });
  const state = await session.run({ support_x: x, support_y: y });
  await session.dispose();
  return state;
}

/**
 * `init`, then `step` × `steps`, as the service runs them: one run per step, or one run for all steps if the package is
 * small and its default is this number of steps.
 */
export async function adaptation(
  labelled: Labelled,
  net: Network,
  support: Examples,
  steps: number,
  threads: number,
  inOneRun = false,
): Promise<Contender> {
  const programs = programsOf(maml, net);
  if (!programs.step) throw new Error('Expected an algorithm that takes steps');
  const start = await startState(programs, threads, support);
  const step = encodeProgram(programs.step);
  const session = await compile(step, { threads });
  const unrolled = inOneRun ? await compile(repeatStep(step, steps), { threads }) : null;
  const taken: StepSessions = { step: session, ...(unrolled && { unrolled: { steps, session: unrolled } }) };
  const fixed = {
    support_x: support.x,
    support_y: support.y,
    rate: { shape: [], data: Float32Array.of(0.01) },
  };
  return {
    ...labelled,
    async run() {
      let state = start;
      for (let left = steps; left > 0; ) {
        const next = await runSteps(taken, left, state, fixed);
        state = next.state;
        left -= next.losses.length;
      }
    },
    async dispose() {
      await session.dispose();
      await unrolled?.dispose();
    },
  };
}

/** `init` alone: an adaptation without steps. */
export async function initialisation(
  labelled: Labelled,
  algorithm: Algorithm<TSchema>,
  net: Network,
  { x, y }: Examples,
  threads: number,
): Promise<Contender> {
  const session = await compile(encodeProgram(programsOf(algorithm, net).init), { threads });
  return {
    ...labelled,
    run: () => session.run({ support_x: x, support_y: y }),
    dispose: () => session.dispose(),
  };
}

/** `predict` with the state that `init` returns for `support`. */
export async function prediction(
  labelled: Labelled,
  algorithm: Algorithm<TSchema>,
  net: Network,
  support: Examples,
  x: Tensor,
  threads: number,
): Promise<Contender> {
  const programs = programsOf(algorithm, net);
  const state = await startState(programs, threads, support);
  const session = await compile(encodeProgram(programs.predict), { threads });
  return { ...labelled, run: () => session.run({ ...state, x }), dispose: () => session.dispose() };
}

/** One update of meta-training: the mean of the tasks' second-order gradients, and a step of Adam. */
export async function metaStep(
  labelled: Labelled,
  net: Network,
  tasks: readonly Tensors[],
  steps: number,
  threads: number,
): Promise<Contender> {
  const options = { steps, rate: 0.4, lossAfter: 'last' } as const;
  const session = await compile(encodeProgram(metaObjective(maml, net, { order: 2 }, options)), { threads });
  const weights = weightsOf(net);
  let adam = startAdam(weights);
  return {
    ...labelled,
    async run() {
      const results: Tensors[] = [];
      for (const task of tasks) results.push(await session.run({ ...weights, ...task }));
      adam = adamStep(weights, meanGradients(weights, results), adam, 1e-3);
    },
    dispose: () => session.dispose(),
  };
}

function meanGradients(weights: Tensors, results: readonly Tensors[]): Tensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => {
      const mean = new Float32Array(data.length);
      for (const each of results) {
        const slope = each[`gradient/${name}`] as Tensor;
        for (let i = 0; i < mean.length; i++)
          mean[i] = (mean[i] as number) + (slope.data[i] as number) / results.length;
      }
      return [name, { shape, data: mean }];
    }),
  );
}
