import { rowOf } from '../../../src/domain/trust/assessment.ts';
import { UNLIKE } from '../../../src/domain/trust/novelty/rejection.ts';
import { likeliest } from '../../../src/domain/trust/softmax.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { readPackages } from '../../../src/package/read.ts';

import type { Tensor } from '../../../src/tensor.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import type { Episode } from '../../../src/training/datasets/dataset.ts';
import { createRandom } from '../../../src/training/random.ts';
import { adaptedState, logitsOf } from '../adapted.ts';
import { inputGradient, perturbed } from '../fgsm.ts';
import { namedSource } from '../named-source.ts';
import { auroc, type JudgedQuery, judged } from '../novelty/open-set.ts';
import type { Section, TrustContext } from '../section.ts';
import { assess, classesOf } from '../simulate.ts';
import { MODELS } from '../sources.ts';
import { meanOf } from './coverage.ts';

interface Attack {
  readonly path: string;
  readonly epsilons: readonly number[];
  /** Inputs stay within it. Absent for features, whose steps are shares of their root mean square. */
  readonly range?: readonly [low: number, high: number];
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'omniglot-protonets': { path: 'omniglot', epsilons: [0.02, 0.05, 0.1, 0.2], range: [0, 1] },
  photos: { path: 'images/grocery.zip', epsilons: [0.02, 0.05, 0.1] },
  'photos-imagenet': { path: 'images/grocery.zip', epsilons: [0.02, 0.05, 0.1] },
  text: { path: 'text/hwu64.tsv', epsilons: [0.02, 0.05, 0.1] },
};
type Session = Awaited<ReturnType<TrustContext['training']['compile']>>;

const SHAPE = { ways: 5, shots: 5, queries: 10 };

/** Inputs that were changed in order to be answered wrongly. */
export const adversarial: Section = {
  title: 'Inputs that are changed to be answered wrongly',
  intro:
    'Queries of 5-way 5-shot tasks, changed by the fast gradient sign method: x + ε sign(∂loss/∂x). Our own differentiation gives the gradient of the `predict` program of the adapted package, so the attacker knows the whole model. ' +
    'For signs ε is in pixel values (0…1); for packages with an encoder, the attack changes the features, and ε is a share of their root mean square (a caller who sends pictures or texts cannot set features directly). ' +
    `*Unlike*: the share with a novelty above ${UNLIKE}, which \`reject\` refuses; *AUROC*: how well novelty separates the changed inputs from the unchanged ones. The row with ε = 0 is unchanged.`,
  async run(context) {
    const packages = (await readPackages(MODELS)).filter(({ manifest }) => manifest.name in ATTACKS);
    const rows: string[][] = [];
    for (const pkg of packages) {
      context.note(`adversarial: ${pkg.manifest.name}`);
      rows.push(...(await attacked(pkg, ATTACKS[pkg.manifest.name] as Attack, context)));
    }
    return markdownTable(['Package', 'Tasks from', 'ε', 'Accuracy', 'Mean novelty', 'Unlike', 'AUROC'], rows);
  },
};

async function attacked(
  pkg: Package,
  attack: Attack,
  { training, tasks }: TrustContext,
): Promise<string[][]> {
  const source = await namedSource(pkg, attack.path, training);
  const session = await training.compile(inputGradient(pkg, SHAPE.ways * SHAPE.queries, SHAPE.ways));
  await training.programs.load(pkg);
  const epsilons = [0, ...attack.epsilons];
  const byEpsilon = epsilons.map((): JudgedQuery[] => []);
  const random = createRandom(17);
  for (let task = 0; task < tasks; task++) {
    const episode = source.sample(random.fork(task), SHAPE);
    const answers = await answersTo(
      pkg,
      { ...attack, epsilons },
      session,
      episode,
      training,
      `attack ${task}`,
    );
    for (const [i, each] of answers.entries()) byEpsilon[i]?.push(...each);
  }
  await session.dispose();
  const noveltyOf = (some: readonly JudgedQuery[]) => some.map(({ novelty }) => novelty);
  const clean = noveltyOf(byEpsilon[0] ?? []);
  return byEpsilon.map((queries, i) => {
    const right = queries.filter(({ probabilities, given }) => likeliest(probabilities) === given);
    const novelty = noveltyOf(queries);
    return [
      pkg.manifest.name,
      source.name,
      String(epsilons[i]),
      percent(right.length / queries.length),
      meanOf(novelty).toFixed(2),
      percent(novelty.filter((each) => each > UNLIKE).length / novelty.length),
      i === 0 ? '' : auroc(novelty, clean).toFixed(2),
    ];
  });
}

/** The judged answers for each ε. */
async function answersTo(
  pkg: Package,
  { epsilons, range }: Attack,
  session: Session,
  episode: Episode,
  { programs }: TrustContext['training'],
  id: string,
): Promise<readonly (readonly JudgedQuery[])[]> {
  const { support, query } = episode;
  const assessment = await assess(pkg, programs, support, id);
  const state = await adaptedState(pkg, programs, support);
  const { gradient } = await session.run({ x: query.x, y: query.y, ...state });
  const unit = range ? 1 : rootMeanSquare(query.x);
  const given = classesOf(query.y);
  const answers: (readonly JudgedQuery[])[] = [];
  for (const epsilon of epsilons) {
    const x = perturbed(query.x, gradient as Tensor, epsilon * unit, range);
    const logits = await logitsOf(pkg, programs, state, x);
    const queries = given.map((each, row) => ({ given: each, logits: rowOf(logits, row) }));
    const changed = { assessment, queries, episode: { support, query: { x, y: query.y } } };
    answers.push(judged(changed, pkg).queries);
  }
  return answers;
}

const rootMeanSquare = ({ data }: Tensor): number =>
  Math.sqrt(data.reduce((sum, each) => sum + each * each, 0) / data.length);

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
