/** Published numbers, in percent or as mean squared error, with the 95 % interval if the paper gives one. */
export interface Published {
  readonly value: number;
  readonly interval95?: number;
}

export interface Paper {
  /** The paper and the table that has the numbers. */
  readonly source: string;
  /** Differences from our protocol, which is non-transductive and uses a conv4 with strides. */
  readonly difference: string;
  /** Number of inner steps in the paper, if it is not the package's default. */
  readonly steps?: number;
  /** Numbers by setting. `settingOf` gives the names of the settings. */
  readonly numbers: Readonly<Record<string, Published>>;
}

const omniglot = (...cells: readonly (Published | null)[]): Paper['numbers'] =>
  Object.fromEntries(
    ['5-way 1-shot', '5-way 5-shot', '20-way 1-shot', '20-way 5-shot'].flatMap((setting, i) => {
      const cell = cells[i];
      return cell ? [[setting, cell]] : [];
    }),
  );
const sinusoid = (...cells: readonly Published[]): Paper['numbers'] =>
  Object.fromEntries(['5-shot', '10-shot', '20-shot'].map((setting, i) => [setting, cells[i] as Published]));
const at = (value: number, interval95?: number): Published =>
  interval95 === undefined ? { value } : { value, interval95 };

const TRANSDUCTIVE =
  'transductive, with batch statistics of the queries, and one model trained for each column';

/** The paper's numbers for the method of each package. A package without an entry is listed without a paper. */
export const papers: Readonly<Record<string, Paper>> = {
  'omniglot-protonets': {
    source: 'Snell et al. 2017, table 1',
    difference: 'batch statistics of the queries; conv4 with pooling, which takes four times the work',
    numbers: omniglot(at(98.8), at(99.7), at(96.0), at(98.9)),
  },
  'omniglot-matching': {
    source: 'Vinyals et al. 2016, table 1, cosine, without fine-tuning',
    difference: 'batch statistics of the queries; conv4 with pooling',
    numbers: omniglot(at(98.1), at(98.9), at(93.8), at(98.5)),
  },
  'omniglot-maml': {
    source: 'Finn et al. 2017, table 1',
    difference: TRANSDUCTIVE,
    numbers: omniglot(at(98.7, 0.4), at(99.9, 0.1), at(95.8, 0.3), at(98.9, 0.2)),
  },
  'omniglot-fomaml': {
    source: 'Nichol et al. 2018, table 2, first-order MAML',
    difference: TRANSDUCTIVE,
    numbers: omniglot(at(98.3, 0.5), at(99.2, 0.2), at(89.4, 0.5), at(97.9, 0.1)),
  },
  'omniglot-reptile': {
    source: 'Nichol et al. 2018, table 2, Reptile without transduction',
    difference: 'one model trained for each column',
    numbers: omniglot(at(95.39, 0.09), at(98.9, 0.1), at(88.14, 0.15), at(96.65, 0.33)),
  },
  'omniglot-meta-sgd': {
    source: 'Li et al. 2017, table 2',
    difference: TRANSDUCTIVE,
    numbers: omniglot(at(99.53, 0.26), at(99.93, 0.09), at(95.93, 0.38), at(98.97, 0.19)),
  },
  'omniglot-anil': {
    source: 'Raghu et al. 2020, table 2',
    difference: TRANSDUCTIVE,
    numbers: omniglot(null, null, at(96.2, 0.5), at(98.0, 0.3)),
  },
  'omniglot-meta-lstm': {
    source: 'Ravi & Larochelle 2017',
    difference: 'the paper has no numbers on Omniglot',
    numbers: {},
  },
  'omniglot-mann': {
    source: 'Santoro et al. 2016, as quoted by Finn et al. 2017, table 1',
    difference: 'no convolutions; each label is given with the next example',
    numbers: omniglot(at(82.8), at(94.9), null, null),
  },
  'sinusoid-maml': {
    steps: 1,
    source: 'Li et al. 2017, table 1, trained 5-shot',
    difference: 'the same protocol, as far as the paper describes it',
    numbers: sinusoid(at(1.13, 0.18), at(0.85, 0.14), at(0.71, 0.12)),
  },
  'sinusoid-meta-sgd': {
    steps: 1,
    source: 'Li et al. 2017, table 1, trained 5-shot',
    difference: 'the same protocol, as far as the paper describes it',
    numbers: sinusoid(at(0.9, 0.16), at(0.63, 0.12), at(0.5, 0.1)),
  },
  'sinusoid-reptile': {
    source: 'Nichol et al. 2018',
    difference: 'the paper has curves only',
    numbers: {},
  },
};
