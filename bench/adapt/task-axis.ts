import type { TSchema } from 'typebox';
import { runSteps, type StepSessions } from '../../src/adapters/onnxruntime/adapting/inner-loop.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import type { Algorithm } from '../../src/algorithms/algorithm.ts';
import { maml } from '../../src/algorithms/optimisation/maml.ts';
import { emitPrograms } from '../../src/algorithms/programs.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { input } from '../../src/graph/ops/index.ts';
import { type Program, program } from '../../src/graph/program.ts';
import { vmap } from '../../src/graph/vmap/vmap.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { type Network, regressor } from '../../src/nn/network.ts';
import { parameterInputs } from '../../src/nn/parameters.ts';
import { repeatStep } from '../../src/onnx/unroll.ts';
import { stack, type Tensor, type Tensors } from '../../src/tensor.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import type { Contender } from './contender.ts';
import { mlpTrain } from './flops.ts';
import { normal } from './tensors.ts';

const algorithm: Algorithm<TSchema> = maml;
const SIZES = [1, 40, 40, 1];
const [TASKS, EXAMPLES, STEPS] = [32, 10, 5];

export const NAME = `${TASKS} sinusoid adaptations n${EXAMPLES} ${STEPS} steps`;

/** A step of MAML for many tasks in one graph: each task has its own state and examples; all tasks share the rate. */
function stepOfAll(net: Network): Program {
  const state = parameterInputs(net.parameters);
  const support = { x: input('support_x', ['N', 1]), y: input('support_y', ['N', 1]) };
  const rate = input('rate', []);
  const stepped = algorithm.step?.(net, {}, state, support, rate, { order: 1 });
  if (!stepped) throw new Error('Expected an algorithm that takes steps');
  const { state: next, loss } = stepped;
  const own = [...Object.values(state), support.x, support.y];
  const result = vmap(
    [...Object.values(next), loss],
    own.map(({ attributes }) => attributes.name),
    'T',
  );
  if ('missing' in result) throw new Error(`Expected a batched form, got none of ${result.missing.op}`);
  const names = [...Object.keys(state).map((name) => `${name}.next`), 'loss'];
  return program(
    'step',
    [...own.map(({ attributes: { name }, shape }) => input(name, ['T', ...shape])), rate],
    Object.fromEntries(result.values.map((each, i) => [names[i] ?? '', each])),
  );
}

/**
 * The same adaptations in three forms: one run per step, one run per task (as in the service), and one run for all
 * tasks.
 */
export async function taskAxis(threads: number): Promise<readonly Contender[]> {
  const net = regressor(mlp(SIZES));
  const weights = startWeights(net.parameters, createRandom(1));
  const { step } = emitPrograms(algorithm, net, weights, { order: 1 });
  if (!step) throw new Error('Expected an algorithm that takes steps');
  const model = encodeProgram(step);
  const single = await compile(model, { threads });
  const unrolled = await compile(repeatStep(model, STEPS), { threads });
  const all = await compile(repeatStep(encodeProgram(stepOfAll(net)), STEPS), { threads });
  const rate = { shape: [], data: Float32Array.of(0.01) };
  const tasks = Array.from({ length: TASKS }, (_, t) => ({
    support_x: normal(`x ${t}`, [EXAMPLES, 1]),
    support_y: normal(`y ${t}`, [EXAMPLES, 1]),
  }));
  const stacked = (each: readonly Tensors[]): Tensors =>
    Object.fromEntries(
      Object.keys(each[0] ?? {}).map((name) => [name, stack(each.map((of) => of[name] as Tensor))]),
    );
  const together = { ...stacked(tasks.map(() => weights)), ...stacked(tasks), rate };
  const flops = TASKS * STEPS * mlpTrain(EXAMPLES, SIZES);
  const oneByOne = async (steps: StepSessions) => {
    for (const task of tasks) {
      let state = weights;
      for (let left = STEPS; left > 0; ) {
        const next = await runSteps(steps, left, state, { ...task, rate });
        state = next.state;
        left -= next.losses.length;
      }
    }
  };
  const served = { step: single, unrolled: { steps: STEPS, session: unrolled } };
  return [
    { label: 'run per step', flops, run: () => oneByOne({ step: single }), dispose: () => single.dispose() },
    { label: 'run per task', flops, run: () => oneByOne(served), dispose: () => unrolled.dispose() },
    { label: 'one run', flops, run: () => all.run(together), dispose: () => all.dispose() },
  ];
}
