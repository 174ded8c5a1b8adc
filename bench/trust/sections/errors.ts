import { median } from '../../../src/domain/trust/report/duplicates.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { deviationOfError, type SimulatedRegression, simulateRegressions } from '../regressions.ts';
import type { Section } from '../section.ts';
import { testTasks } from '../sources.ts';
import { DEVIATIONS } from './coverage.ts';

const EXAMPLES = [10, 20, 40];

/** Coverage of the interval of the estimated error, for packages that predict numbers. */
export const errors: Section = {
  title: 'How often the 95 % interval contains the true error',
  intro:
    'The same for packages that predict numbers: the interval of the root of the mean squared error, against the error on other rows of the table, or on other points of the wave. ' +
    '*Ratio*: the median of estimate / truth. The goal is 92 to 98 %.',
  countsTasks: true,
  async run({ training, packages, tasks, note }) {
    const rows: string[][] = [];
    for (const pkg of packages.filter(({ manifest }) => manifest.task === 'regression')) {
      const { name, calibration } = pkg.manifest;
      for (const source of await testTasks(pkg, training))
        for (const shots of EXAMPLES) {
          note(`errors: ${name}, ${source.name}, ${shots} examples`);
          const shape = { shots, queries: source.queries, tasks, seed: 7 };
          const simulated = await simulateRegressions(pkg, await source.open(), training.programs, shape);
          const ratio = median(simulated.map(({ estimate, truth }) => estimate / truth));
          const held = [calibration?.intervalFactor ?? 1, 1].map((factor) => heldBy(simulated, factor));
          rows.push([name, source.name, String(shots), ...held, ratio.toFixed(2), String(tasks)]);
        }
    }
    const head = ['Package', 'Tasks from', 'Examples', 'Coverage', 'Without the factor', 'Ratio', 'Tasks'];
    return markdownTable(head, rows);
  },
};

function heldBy(simulated: readonly SimulatedRegression[], factor: number): string {
  const held = simulated.filter((each) => deviationOfError(each) <= DEVIATIONS * factor);
  return `${((100 * held.length) / simulated.length).toFixed(1)} %`;
}
