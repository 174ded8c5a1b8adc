import { signal } from '@preact/signals';
import { api, messageOf } from '../api/api.ts';
import { deleteTasks, taskOfPackage } from '../api/page-tasks.ts';
import { t } from '../words/words.ts';
import { latest } from './latest.ts';

export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Packages that learn curves: the same network, meta-trained in three ways. */
export const CURVE_MODELS = ['sinusoid-maml', 'sinusoid-reptile', 'sinusoid-meta-sgd'] as const;
export const MOST_STEPS = 10;
export const X_RANGE = [-5, 5] as const;
export const Y_RANGE = [-6, 6] as const;

const TASK = 'playground-curve';
const GRID = Array.from({ length: 121 }, (_, i) => X_RANGE[0] + ((X_RANGE[1] - X_RANGE[0]) * i) / 120);

export const curveModel = signal<string>(CURVE_MODELS[0]);
export const dots = signal<readonly Dot[]>([]);
export const steps = signal(5);
/** The curve after each number of steps, as far as it is known; its x values are evenly spaced over `X_RANGE`. */
export const curves = signal<ReadonlyMap<number, readonly Dot[]>>(new Map());
export const losses = signal<readonly number[]>([]);
export const curveProblem = signal('');

export const curveTask = () => taskOfPackage(TASK, curveModel.value);

/** Whether all points were removed since the tasks were last deleted. The next run then deletes them first. */
let mustForget = false;

const learn = latest<void>(async () => {
  const taught = dots.value;
  const model = curveModel.value;
  curveProblem.value = '';
  if (mustForget) {
    try {
      await deleteTasks(TASK);
      mustForget = false;
    } catch (error) {
      curveProblem.value = t().notDeleted(messageOf(error));
    }
  }
  if (taught.length === 0) return;
  const found = new Map<number, readonly Dot[]>();
  const isOld = () => taught !== dots.value || model !== curveModel.value;
  // First what is shown: the curve before learning, and the one at the chosen step.
  const order = [...new Set([0, steps.value, ...Array.from({ length: MOST_STEPS + 1 }, (_, k) => k)])];
  try {
    for (const k of order) {
      const { id, losses: each } = await adaptFor(model, taught, k);
      const { predictions } = await predictWith(model, id);
      if (isOld()) return;
      found.set(
        k,
        GRID.map((x, i) => ({ x, y: Number([predictions[i]?.value].flat(3)[0]) })),
      );
      curves.value = new Map(found);
      if (k === Math.max(...found.keys())) losses.value = each;
    }
  } catch (error) {
    curveProblem.value = messageOf(error);
  }
});

const adaptFor = (model: string, taught: readonly Dot[], k: number) =>
  api.adapt(taskOfPackage(TASK, model), {
    model,
    support: taught.map(({ x, y }) => ({ input: [x], target: [y] })),
    settings: { steps: k },
  });

const predictWith = (model: string, adaptation: string) =>
  api.predict(
    taskOfPackage(TASK, model),
    GRID.map((x) => [x]),
    { adaptation },
  );

export function setDots(next: readonly Dot[]): void {
  dots.value = next;
  if (next.length === 0) {
    mustForget = true;
    curves.value = new Map();
    losses.value = [];
  }
  learn();
}

export function setCurveModel(name: string): void {
  curveModel.value = name;
  curves.value = new Map();
  learn();
}

/** Five points of a sine wave. */
export function sampleDots(): void {
  setDots([-4, -2.2, -0.4, 1.3, 3.1].map((x) => ({ x, y: Number((3.2 * Math.sin(x + 0.7)).toFixed(2)) })));
}
