import type { Manifest, StateDim } from '../../src/package/manifest.ts';
import { markdownTable } from '../../src/training/card/markdown-table.ts';
import { compared, settingOf } from '../accuracy/table.ts';

/** What is said of each package: its method, and when to use it. */
const packages: Readonly<Record<string, readonly [method: string, use: string]>> = {
  'omniglot-protonets': ['prototypes', 'first choice: nothing to tune, the fastest'],
  'omniglot-matching': ['matching networks', 'labels of very different examples; keeps every example'],
  'omniglot-maml': ['MAML', 'all weights adapt; for tasks unlike the training'],
  'omniglot-fomaml': ['first-order MAML', 'as MAML, cheaper to train'],
  'omniglot-reptile': ['Reptile', 'as MAML, the cheapest to train; wants more steps'],
  'omniglot-meta-sgd': ['Meta-SGD', 'as MAML, in one step'],
  'omniglot-anil': ['ANIL', 'gradient steps with a small state'],
  'omniglot-meta-lstm': ['Meta-LSTM', 'a learned update rule: for study'],
  'omniglot-mann': ['memory (MANN)', 'examples that arrive one after the other: for study'],
};

const SETTINGS = ['5-way 1-shot', '20-way 1-shot', '20-way 5-shot'];
const WAYS = 20;

/** `docs/choosing.md`: the algorithms side by side on the same data, from the manifests of their packages. */
export function choosingPage(manifests: Readonly<Record<string, Manifest>>): string {
  const rows = Object.entries(packages).map(([name, [method, use]]) => {
    const manifest = manifests[name];
    if (!manifest) throw new Error(`Expected the package ${name}`);
    const metrics = compared(manifest);
    const accuracies = SETTINGS.map((setting) => {
      const metric = metrics.find((each) => settingOf(each) === setting);
      if (!metric) throw new Error(`Expected ${name} to be measured on ${setting}`);
      return `${(100 * metric.value).toFixed(1)} ± ${(100 * metric.interval95).toFixed(1)}`;
    });
    const { steps } = manifest.inner;
    return [
      `[${method}](../models/${name}/README.md)`,
      `${steps.default}`,
      kilobytes(manifest),
      ...accuracies,
      use,
    ];
  });
  return `# Choosing an algorithm

For photos, texts, sounds and tables you need not choose: the packages \`photos\`, \`text\`, \`speech\` and \`rows\` compare
several heads on your own examples, and mix them; the better ones count more. This page is for you if you train a package of your
own ([train-your-own.md](train-your-own.md)), and must choose \`--algorithm\`.

All rows were trained and measured on the same data, Omniglot, with the same network of four convolutions. Numbers are the
accuracy in percent on characters of alphabets that were not used for training, with 95 % intervals over 1000 episodes.
(\`npm run plots\` writes this page from \`models/*/model.json\`; each card has the commands that measure its numbers again.)

*n-way k-shot* means n labels with k examples of each. *Steps* are the gradient steps of one adaptation; the one step of the
memory (MANN) writes the examples into the memory. *State* is the size of the state of one task of 20 labels with an example each.

${markdownTable(['Algorithm', 'Steps', 'State', ...SETTINGS, 'Use it for'], rows)}

What the table says:

- **Start with prototypes.** Their intervals overlap with the best ones here, they read each example once, and their state is
  small.
- **Gradient steps cost time.** For 25 drawings, five steps of MAML take about 27 times as long as prototypes
  ([ADAPT.md](../bench/ADAPT.md), one thread, as served). They change all weights, and not only the comparison of features. This
  may help if a task is unlike the training tasks; on Omniglot's test alphabets it does not.
- **Memory counts when there are many tasks.** A state of all weights has hundreds of kilobytes; with a thousand tasks in use,
  states fill the memory of a process. The states of ANIL and prototypes are much smaller.
- **More examples help more than another algorithm.** In each row, compare 20-way 1-shot with 20-way 5-shot; then compare the rows
  of one column. The first difference is larger.

With an encoder ([over a network that exists](train-your-own.md#over-an-encoder)) use the default, \`head-mixture\`: prototypes and
ridge regressions on frozen features, weighted by how well each predicts left-out examples
([decision 0021](decisions/0021-heads-over-features.md)).
`;
}

function kilobytes({ state }: Manifest): string {
  const sizes: Readonly<Record<string, number>> = { ways: WAYS, N: WAYS, d: 0 };
  const sizeOf = (dim: StateDim) => (typeof dim === 'number' ? dim : (sizes[dim] as number));
  const numbers = state.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((n, dim) => n * sizeOf(dim), 1),
    0,
  );
  return `${Math.round((4 * numbers) / 1000)} kB`;
}
