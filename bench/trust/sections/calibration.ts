import { finish } from '../../../src/concurrency/slices.ts';
import { reportOf } from '../../../src/domain/trust/report/report-of.ts';
import { calibrationError, type Labelled, temperatureAt } from '../../../src/domain/trust/temperature.ts';
import { priorsOf } from '../../../src/service/trust/priors.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import type { Section } from '../section.ts';
import { type SimulatedTask, simulate } from '../simulate.ts';
import { testTasks } from '../sources.ts';

const SHOTS = [1, 2, 5, 10];

/** Expected calibration error of served probabilities. */
export const calibration: Section = {
  title: 'Whether probabilities are shares of right answers',
  intro:
    'Expected calibration error (15 bins of confidence) and negative log likelihood of queries of 5-way tasks, over all queries of all tasks. ' +
    '*Raw*: logits as they are. *Package*: logits divided by the temperature in `model.json` for this number of shots. *Served*: that temperature, refined for each task by its own left-out examples. ' +
    'The goal is an error of at most 0.05. It is missed with one shot for photos and rows: there, no example can be left out, and the data are harder than those of training. It is also missed with two shots on some sets.',
  countsTasks: true,
  async run({ training, packages, tasks, note }) {
    const rows: string[][] = [];
    for (const pkg of packages.filter(({ manifest }) => manifest.task === 'classification')) {
      for (const source of await testTasks(pkg, training)) {
        const episodes = await source.open();
        for (const shots of SHOTS) {
          note(`calibration: ${pkg.manifest.name}, ${source.name}, ${shots} shots`);
          const shape = { ways: 5, shots, queries: Math.min(source.queries, 20), tasks, seed: 8 };
          const simulated = await simulate(pkg, episodes, training.programs, shape);
          const priors = priorsOf(pkg.manifest);
          const prior = temperatureAt(priors.temperatures, shots);
          const served = ({ assessment }: SimulatedTask) =>
            finish(reportOf(assessment, priors)).calibration?.temperature ?? 1;
          rows.push([
            pkg.manifest.name,
            source.name,
            String(shots),
            errorAt(simulated, () => 1),
            errorAt(simulated, () => prior),
            errorAt(simulated, served),
            String(tasks),
          ]);
        }
      }
    }
    return markdownTable(['Package', 'Tasks from', 'Shots', 'Raw', 'Package', 'Served', 'Tasks'], rows);
  },
};

/** ECE / NLL of all queries, each at the temperature of its task. */
function errorAt(simulated: readonly SimulatedTask[], temperature: (task: SimulatedTask) => number): string {
  const scaled = simulated.flatMap((task): Labelled[] => {
    const t = temperature(task);
    return task.queries.map(({ logits, given }) => ({
      given,
      logits: Array.from(logits, (each) => each / t),
    }));
  });
  const error = calibrationError(scaled, 1);
  return error ? `${error.ece.toFixed(3)} / ${error.nll.toFixed(3)}` : '';
}
