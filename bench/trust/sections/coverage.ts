import { shareWithAll } from '../../../src/domain/trust/report/estimate.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import type { Section } from '../section.ts';
import { type SimulatedTask, simulate } from '../simulate.ts';
import { testTasks } from '../sources.ts';

/** 95 % of the normal distribution is within this many standard deviations. */
export const DEVIATIONS = 1.96;
/** Below three shots the card says that it speaks of one shot less. */
const SHOTS = [3, 5, 10];

/** Coverage of the interval of the estimated accuracy. */
export const coverage: Section = {
  title: 'How often the 95 % interval contains the true accuracy',
  intro:
    'A task of 5 classes is drawn, its card is computed from the support set alone, and its true accuracy is measured on other examples. ' +
    'The interval is that of the card, with the factor in `model.json`. The true accuracy is measured on few queries, so it is not exact. An interval counts as right if the estimate and the measured accuracy differ by at most 1.96 × factor standard errors of their difference. ' +
    'The goal is 92 to 98 %. The bias, in points, is the mean difference between the share that the card measures and the true accuracy. The card estimates this difference from a learning curve and moves the interval by it. ' +
    'The factor comes from training tasks alone. But the rule that chooses the factor was decided after trials on these sets, so they are not fully independent.',
  countsTasks: true,
  async run({ training, packages, tasks, note }) {
    const rows: string[][] = [];
    for (const pkg of packages.filter(({ manifest }) => manifest.task === 'classification')) {
      const factor = pkg.manifest.calibration?.intervalFactor ?? 1;
      for (const source of await testTasks(pkg, training)) {
        const episodes = await source.open();
        for (const shots of SHOTS) {
          note(`coverage: ${pkg.manifest.name}, ${source.name}, ${shots} shots`);
          const shape = { ways: 5, shots, queries: source.queries, tasks, seed: 7 };
          const simulated = await simulate(pkg, episodes, training.programs, shape);
          const held = (each: number) =>
            percent(share(simulated.filter((task) => deviation(task) <= DEVIATIONS * each)));
          const share = (some: readonly SimulatedTask[]) => some.length / simulated.length;
          rows.push([
            pkg.manifest.name,
            source.name,
            String(shots),
            held(factor),
            held(1),
            (100 * meanOf(simulated.map(errorOf))).toFixed(1),
            (
              100 * meanOf(simulated.map(({ rightQueries, queries }) => rightQueries / queries.length))
            ).toFixed(1),
            String(tasks),
          ]);
        }
      }
    }
    return markdownTable(
      ['Package', 'Tasks from', 'Shots', 'Coverage', 'Without the factor', 'Bias', 'Accuracy', 'Tasks'],
      rows,
    );
  },
};

/** Deviations of the estimate of the card from the truth, in the standard errors of both. */
export function deviation({ assessment, n, right, rightQueries, queries }: SimulatedTask): number {
  const share = shareWithAll(assessment, right / n);
  const truth = rightQueries / queries.length;
  const pooled = (share * n + rightQueries) / (n + queries.length);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / queries.length));
  return share === truth ? 0 : Math.abs(share - truth) / error;
}

const errorOf = ({ n, right, rightQueries, queries }: SimulatedTask): number =>
  right / n - rightQueries / queries.length;

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
