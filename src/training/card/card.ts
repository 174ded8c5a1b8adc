import { isAbsolute } from 'node:path';
import type { Manifest, Metric } from '../../package/manifest.ts';
import type { Augmentation } from '../datasets/augment.ts';
import { datasets } from '../datasets/catalogue.ts';
import { SUBJECTS } from '../datasets/contents/contents-card.ts';
import type { DatasetCard } from '../datasets/dataset.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { trainCommand } from '../recipe/reproduce.ts';
import { type EpisodicTraining, isEpisodic, type Training } from '../recipe/training.ts';
import { cardExample } from './card-example.ts';
import { markdownTable } from './markdown-table.ts';

export interface CardOptions {
  readonly manifest: Manifest;
  readonly recipe: Recipe;
  readonly data: DatasetCard;
  /** The package's folder, as written in commands. */
  readonly folder: string;
  /** File name of the training curve beside the card. */
  readonly curve: string;
}

/** The model card, `README.md`: the purpose of a package, its training, its metrics and how they were measured. */
export function renderCard({ manifest, recipe, data, folder, curve }: CardOptions): string {
  const sections: readonly (readonly [heading: string, body: string])[] = [
    ['What it is', overview(manifest, recipe)],
    ['Intended use', data.use],
    ['How to call it', cardExample(manifest, encoderOf(recipe)?.kind)],
    ['How it was trained', `${training(recipe, folder)}\n\n![Training curve](${curve})`],
    ['Data', `${data.data}${dataPlace(recipe)}`],
    ['Results', results(manifest.metrics)],
    ...(recipe.remarks === undefined ? [] : [['Remarks', recipe.remarks] as const]),
    ['Limits', `${data.limits} ${bounds(manifest)}`],
    ['Licence', data.licence],
  ];
  return [
    `# ${manifest.name} ${manifest.version}`,
    manifest.description,
    ...sections.flatMap(([heading, body]) => [`## ${heading}`, body]),
  ]
    .join('\n\n')
    .concat('\n');
}

function overview({ task, input, output, state, digest }: Manifest, recipe: Recipe): string {
  const values = state.map(({ name, shape }) => `\`${name}\` [${shape.join(', ')}]`);
  return list([
    ['Algorithm', algorithmOf(recipe).algorithm.reference],
    ['Task', task],
    ['Input', inputText(input, encoderOf(recipe))],
    [
      'Output',
      task === 'classification' ? 'a probability for each label of the task' : `[${output.shape.join(', ')}]`,
    ],
    ['Adapted tensors', values.join(', ')],
    ['Digest', `\`${digest}\``],
  ]);
}

/** The encoder whose features the package reads, if it reads any. */
const encoderOf = ({ dataset }: Recipe) => ('encoder' in dataset ? dataset.encoder : undefined);

function inputText(
  { shape, preprocessing }: Manifest['input'],
  encoder: ReturnType<typeof encoderOf>,
): string {
  if (!encoder) return `[${shape.join(', ')}]${imageNote(preprocessing)}`;
  return `${SUBJECTS[encoder.kind]}, of which encoder \`${encoder.name}\` makes features [${shape.join(', ')}]`;
}

/**
 * The folder in which the commands look for the data. An absolute path is not printed, because a card is read on other
 * machines.
 */
function dataPlace({ dataset }: Recipe): string {
  if (!('path' in dataset)) return '';
  const place = isAbsolute(dataset.path) ? 'where `recipe.json` says' : `in \`${dataset.path}\``;
  return ` The commands on this card read it ${place}; if it is in another folder, add \`--dataset <folder>\`.`;
}

function imageNote(preprocessing: Manifest['input']['preprocessing']): string {
  if (preprocessing.kind !== 'image') return '';
  const { width, height, channels, resize, invert, ink } = preprocessing;
  const colours = channels === 1 ? 'grey' : 'RGB';
  const prepared = ink ? 'any ink on any paper converted to black on white' : `converted to ${colours}`;
  return `: a picture, ${prepared}, ${width}×${height} (${resize}), 0…1${invert ? ', inverted: ink 1, background 0' : ''}`;
}

type Episodes = Pick<EpisodicTraining, 'ways' | 'shots' | 'queries' | 'alternating'>;

function training(recipe: Recipe, folder: string): string {
  const { network, dataset, algorithm, training: run, validation } = recipe;
  const regression = datasets[dataset.name].task === 'regression';
  const episode = ({ queries, alternating = [], ...first }: Episodes) => {
    const shapes = [first, ...alternating].map(({ ways, shots }) =>
      regression ? `${shots} shots` : `${ways}-way ${shots}-shot`,
    );
    const inTurn = shapes.length === 1 ? '' : ', in turn';
    return `${new Intl.ListFormat('en-GB').format(shapes)}${inTurn}, ${queries} ${regression ? 'queries' : 'queries per class'}`;
  };
  const rows: readonly (readonly [string, string])[] = [
    ['Network', settings(network)],
    ['Algorithm', settings({ name: algorithm.name, ...(algorithmOf(recipe).settings as object) })],
    ...objectiveRows(run, episode),
    [
      'Validation',
      `every ${validation.every} iterations: ${validation.episodes} episodes, ${episode(validation)}; the weights with the best validation result are used`,
    ],
    ...('augmentation' in run && run.augmentation
      ? [['Augmentation', augmentationText(run.augmentation)] as const]
      : []),
    ...(run.warmStart ? [['Initial weights', run.warmStart] as const] : []),
    ['Seed', `${run.seed}`],
  ];
  const again = `The recipe is [recipe.json](recipe.json). To train it again:\n\n${shell(trainCommand(folder))}`;
  return `${list(rows)}\n\n${again}`;
}

/** The objective of the outer loop. */
function objectiveRows(
  run: Training,
  episode: (shapes: Episodes) => string,
): readonly (readonly [string, string])[] {
  const loop = (batch: string) =>
    `${run.iterations} iterations of ${batch}; Adam with cosine decay of the rate from ${run.outerRate} to 0`;
  if (isEpisodic(run))
    return [
      ['Outer loop', loop(`${run.metaBatch} episodes`)],
      ['Training episodes', `${episode(run)}; ${innerLoop(run.steps, run.rate)}`],
    ];
  const objective =
    run.objective === 'supervised'
      ? `supervised: a cosine classifier learnt all classes of the training, and was dropped afterwards; label smoothing ${run.smoothing}`
      : `distillation: a linear map learnt to predict the features of encoder \`${run.teacher.name}\`, and was dropped afterwards${run.unlabelled ? `; also of examples without labels` : ''}`;
  return [
    ['Objective', objective],
    ['Outer loop', loop(`${run.examples} examples`)],
  ];
}

const augmentationText = ({ rotate, shift, scale, shear }: Augmentation) =>
  `random changes of each training image: rotation up to ${rotate}°, shift up to ${shift} pixels, change of scale up to ${scale}, shear up to ${shear}`;

const innerLoop = (steps: number, rate: number) =>
  steps === 0 ? 'no inner steps' : `${steps} inner ${steps === 1 ? 'step' : 'steps'} at rate ${rate}`;

/** `conv4: input shape 1×28×28, filters 64, normalisation batch` */
function settings({ name, ...rest }: { readonly name: string }): string {
  const text = membersText(rest);
  return text === '' ? name : `${name}: ${text}`;
}

const membersText = (members: object) =>
  Object.entries(members)
    .map(([key, value]) => `${words(key)} ${valueText(value)}`)
    .join(', ');

/** Lists of numbers as `1×28×28`, lists of parts as `first (width 3) + second (width 4)`. */
function valueText(value: unknown): string {
  if (Array.isArray(value))
    return value.map(valueText).join(value.some((each) => typeof each === 'object') ? ' + ' : '×');
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, ...rest } = value as Readonly<Record<string, unknown>>;
  return `${name} (${membersText(rest)})`;
}

const words = (key: string) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function results(metrics: readonly Metric[]): string {
  if (metrics.length === 0) return 'Nothing has been measured yet.';
  const isCalibrated = metrics.some(({ calibrationError }) => calibrationError !== undefined);
  const rows = metrics.map((metric) => [
    `${metric.dataset}, ${metric.split}`,
    metric.ways === undefined ? `${metric.shots}-shot` : `${metric.ways}-way ${metric.shots}-shot`,
    `${metric.steps}`,
    formatMetric(metric),
    ...(isCalibrated ? [percentOf(metric.calibrationError)] : []),
    `${metric.episodes}`,
    `${metric.queries}`,
    `${metric.seed}`,
  ]);
  const protocols = [...new Set(metrics.map(({ protocol }) => protocol))];
  return [
    markdownTable(
      [
        'Data',
        'Episodes of',
        'Steps',
        'Result ± 95 %',
        ...(isCalibrated ? ['Calibration error'] : []),
        'Episodes',
        'Queries',
        'Seed',
      ],
      rows,
    ),
    `Protocol: ${protocols.join('; ')}: a prediction depends on its own input and the adapted state, never on the other queries. ` +
      'The interval is 1.96 s / √n over episodes. These commands repeat the measurements:',
    shell(metrics.map(({ command }) => command).join('\n')),
  ].join('\n\n');
}

const percentOf = (fraction: number | undefined) =>
  fraction === undefined ? '–' : `${(100 * fraction).toFixed(1)} %`;

/** `97.31 % ± 0.22`, or `MSE 0.412 ± 0.031`. A single episode has no interval. */
export function formatMetric({
  name,
  value,
  interval95,
  episodes,
}: Pick<Metric, 'name' | 'value' | 'interval95' | 'episodes'>): string {
  const accuracy = name === 'accuracy';
  const [result, half] = accuracy
    ? [`${(value * 100).toFixed(2)} %`, (interval95 * 100).toFixed(2)]
    : [`MSE ${value.toFixed(3)}`, interval95.toFixed(3)];
  return episodes < 2 ? result : `${result} ± ${half}`;
}

function bounds({ inner }: Manifest): string {
  const classes = inner.classes ? `${inner.classes.minimum} to ${inner.classes.maximum} classes and ` : '';
  const { examples, steps, rate } = inner;
  const loop =
    steps.maximum === 0
      ? 'It takes no steps.'
      : `Steps: ${steps.default} by default, at most ${steps.maximum}; rate: ${rate.default} by default, at most ${rate.maximum}.`;
  return `It accepts ${classes}${examples.minimum} to ${examples.maximum} examples. ${loop}`;
}

const list = (rows: readonly (readonly [name: string, value: string])[]) =>
  rows.map(([name, value]) => `- **${name}**: ${value}`).join('\n');

const shell = (commands: string) => `\`\`\`sh\n${commands}\n\`\`\``;
