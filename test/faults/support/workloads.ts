import { points, steps } from '../../http/support/bodies.ts';
import { positive } from '../../support/fuzz.ts';

/** How often each kill test kills a process: `FAULT_KILLS=100 npm run test:faults` looks longer for rare faults. */
export const KILLS = positive('FAULT_KILLS') ?? 10;

/** Examples of two classes, `left` and `right`. */
export interface Workload {
  /** The body that adapts a task in this many steps; 0 steps adapt with a package without steps. */
  body(task: string, steps: number): object;
  /** Inputs for predictions. The answer is `left`. */
  inputs(task: string): readonly unknown[];
  /** The texts that the service must embed. */
  texts(task: string): readonly string[];
}

const numbers: Workload = {
  body: (_task, count) => (count === 0 ? points : { ...steps, settings: settingsOf(count) }),
  inputs: () => [[-1, 0]],
  texts: () => [],
};

/** Texts that an encoder reads. No two tasks have a text in common, so each must be embedded once. */
const texts: Workload = {
  body(task, count) {
    const support = this.texts(task).map((input, i) => ({ label: i < 2 ? 'left' : 'right', input }));
    return count === 0
      ? { model: 'tiny-texts', support }
      : { model: 'tiny-texts-steps', support, settings: settingsOf(count) };
  },
  inputs: (task) => [`${task} left`],
  texts: (task) => [`left ${task}`, `left: ${task}`, `right ${task}`],
};

export const workloads = { numbers, texts } as const;

/** The workload of a task of a mixed load. */
export function workloadOf(task: string): Workload {
  return task.startsWith('text') ? texts : numbers;
}

/** So slow a rate that many steps change little. */
function settingsOf(count: number): object {
  return { steps: count, rate: 1e-6 };
}
