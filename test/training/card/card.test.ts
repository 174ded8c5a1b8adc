import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/package/manifest.ts';
import { renderCard } from '../../../src/training/card/card.ts';
import { type DatasetRecipe, datasetCard } from '../../../src/training/datasets/catalogue.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';
import type { Recipe } from '../../../src/training/recipe/recipe.ts';
import { evaluateCommand } from '../../../src/training/recipe/reproduce.ts';

const hash = `sha256:${'ab'.repeat(32)}`;
const inner = {
  steps: { default: 5, minimum: 0, maximum: 100 },
  rate: { default: 0.4, minimum: 0, maximum: 2 },
  classes: { minimum: 2, maximum: 1000 },
  examples: { minimum: 2, maximum: 5000 },
};
const evaluation = { ways: 5, shots: 1, queries: 15, steps: 3, episodes: 1000, seed: 1 };

const recipe = parseRecipe({
  name: 'omniglot-maml',
  version: '1.0.0',
  description: 'Adapts to a few drawings of each sign.',
  dataset: { name: 'omniglot', path: '../shared/data/omniglot' },
  network: { name: 'conv4', inputShape: [1, 28, 28], filters: 64, normalisation: 'none' },
  algorithm: { name: 'maml', settings: { order: 2 } },
  training: {
    seed: 3,
    iterations: 20_000,
    metaBatch: 16,
    ways: 5,
    shots: 1,
    queries: 5,
    steps: 1,
    rate: 0.4,
    lossAfter: 'last',
    outerRate: 0.001,
  },
  validation: { every: 500, episodes: 200, ways: 5, shots: 1, queries: 15, steps: 3 },
  inner,
  evaluations: [evaluation],
});

const manifest: Manifest = {
  format: 1,
  name: 'omniglot-maml',
  version: '1.0.0',
  description: 'Adapts to a few drawings of each sign.',
  algorithm: 'maml',
  task: 'classification',
  input: {
    shape: [1, 28, 28],
    preprocessing: { kind: 'image', width: 28, height: 28, channels: 1, invert: true, resize: 'lanczos3' },
  },
  output: { shape: ['ways'] },
  state: [{ name: 'head.weight', shape: [256, 'ways'] }],
  inner,
  programs: { init: hash, step: hash, predict: hash },
  digest: hash,
  metrics: [
    {
      ...evaluation,
      name: 'accuracy',
      value: 0.97314,
      interval95: 0.00221,
      dataset: 'omniglot',
      split: 'test',
      protocol: 'unseen characters; non-transductive',
      command: evaluateCommand('models/omniglot-maml', evaluation),
    },
  ],
};

describe('model card', async () => {
  const placed = { folder: 'models/omniglot-maml', curve: 'curve.svg' };
  const card = renderCard({ manifest, recipe, data: await datasetCard(recipe.dataset), ...placed });

  it('prints every metric with interval, protocol, seed and the command to measure it again', () => {
    expect(card).toContain('| omniglot, test | 5-way 1-shot | 3 | 97.31 % ± 0.22 | 1000 | 15 | 1 |');
    expect(card).toContain(
      'Protocol: unseen characters; non-transductive: a prediction depends on its own input',
    );
    expect(card).toContain(
      'npm run innerloop -- evaluate models/omniglot-maml --split test --ways 5 --shots 1 --queries 15 --steps 3 --episodes 1000 --seed 1',
    );
  });

  it('says how and on which data it was trained, and how to train it again', () => {
    expect(card).toContain('- **Outer loop**: 20000 iterations of 16 episodes');
    expect(card).toContain('5-way 1-shot, 5 queries per class; 1 inner step at rate 0.4');
    expect(card).toContain('- **Network**: conv4: input shape 1×28×28, filters 64, normalisation none');
    expect(card).toContain('- **Algorithm**: maml: order 2');
    expect(card).toContain('- **Seed**: 3');
    expect(card).toContain('npm run innerloop -- train models/omniglot-maml/recipe.json');
    expect(card).toContain('1028 characters for training, 172 for validation, 423 for testing');
    expect(card).toContain('`../shared/data/omniglot`; if it is in another folder, add `--dataset <folder>`');
    expect(card).toContain('![Training curve](curve.svg)');
  });

  it('lists all shapes of training episodes that take turns', async () => {
    const alternating = [
      { ways: 5, shots: 5 },
      { ways: 10, shots: 2 },
    ];
    const { dataset } = recipe;
    const inTurns = { ...recipe, training: { ...recipe.training, alternating } as Recipe['training'] };
    const text = renderCard({ manifest, recipe: inTurns, data: await datasetCard(dataset), ...placed });
    expect(text).toContain(
      '- **Training episodes**: 5-way 1-shot, 5-way 5-shot and 10-way 2-shot, in turn, 5 queries per class; 1 inner step at rate 0.4\n',
    );
    expect(card).toContain(
      '- **Training episodes**: 5-way 1-shot, 5 queries per class; 1 inner step at rate 0.4\n',
    );
  });

  it('names the parts of a network and the mixtures of an algorithm', async () => {
    const parts = [
      { name: 'early', start: 0, width: 96 },
      { name: 'late', start: 96, width: 320, centre: true, bottleneck: 8 },
    ];
    const over: Recipe = {
      ...recipe,
      network: { name: 'features', width: 416, parts },
      algorithm: {
        name: 'head-mixture',
        settings: {
          mixtures: [
            [0.5, 1.5],
            [1, 1],
          ],
        },
      },
    };
    const text = renderCard({ manifest, recipe: over, data: await datasetCard(recipe.dataset), ...placed });
    expect(text).toContain(
      'features: width 416, parts early (start 0, width 96) + late (start 96, width 320, centre true, bottleneck 8)\n',
    );
    expect(text).toMatch(/head-mixture: .*mixtures 0\.5×1\.5 \+ 1×1/);
  });

  it('names bounds, paper and licence', () => {
    expect(card).toContain('2 to 1000 classes and 2 to 5000 examples');
    expect(card).toContain('https://arxiv.org/abs/1703.03400');
    expect(card).toContain('MIT licence, github.com/brendenlake/omniglot');
  });

  it('prints remarks if the recipe has some, and otherwise no heading', async () => {
    const remarked = { ...recipe, remarks: 'A larger rate was tried.' };
    const data = await datasetCard(recipe.dataset);
    const other = renderCard({ manifest, recipe: remarked, data, ...placed });
    expect(other).toContain('## Remarks\n\nA larger rate was tried.\n\n## Limits');
    expect(card).not.toContain('## Remarks');
  });

  it('shows how to call a picture package with files', () => {
    expect(card).toContain('-F alef=@alef.png');
    expect(card).toContain("'localhost:3000/tasks/mine/adapt?model=omniglot-maml'");
  });

  it.each([
    ['image', '-F cup=@cup-1.jpg', 'pictures'],
    ['text', "-F lost='I lost my card'", 'texts'],
    ['audio', '-F yes=@yes-1.wav', 'sounds'],
    ['tensor', '"support":[{"input":[…],"label":"a"}', 'arrays of numbers'],
  ] as const)(
    'shows how to call a package over an encoder with what the encoder reads: %s',
    async (kind, call, words) => {
      const dataset: DatasetRecipe = {
        name: 'contents',
        encoder: { name: 'mine', digest: hash, kind, features: 640 },
        paths: ['data.zip'],
        minExamples: 8,
        split: { seed: 1, val: 0.2, test: 0.2 },
      };
      const over = renderCard({
        manifest: { ...manifest, input: { shape: [640], preprocessing: { kind: 'none' } } },
        recipe: { ...recipe, dataset },
        data: await datasetCard(dataset),
        ...placed,
      });
      expect(over).toContain(call);
      expect(over).toContain(`- **Input**: ${words}, of which encoder \`mine\` makes features [640]`);
      expect(over).not.toContain('-1,-1');
    },
  );

  it('shows how to call a regression package with numbers of its shapes, in valid JSON', async () => {
    const { classes: _, ...unclassed } = inner;
    const regression = renderCard({
      manifest: {
        ...manifest,
        name: 'sinusoid-maml',
        task: 'regression',
        input: { shape: [1], preprocessing: { kind: 'none' } },
        output: { shape: [1] },
        inner: unclassed,
        metrics: [],
      },
      recipe: { ...recipe, dataset: { name: 'sinusoid' } },
      data: await datasetCard({ name: 'sinusoid' }),
      ...placed,
    });
    const bodies = [...regression.matchAll(/-d '([^']*)'/g)].map(([, body = '']) => JSON.parse(body));
    expect(bodies).toEqual([
      {
        model: 'sinusoid-maml',
        support: [-1, 0, 1, 2].map((x) => ({ input: [x], target: [x === 0 ? 0 : -x / 2] })),
      },
      { inputs: [[0.5]] },
    ]);
    expect(regression).toContain('It accepts 2 to 5000 examples.');
    expect(regression).toContain('Nothing has been measured yet.');
  });
});
