import { join } from 'node:path';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { nameOfData } from '../../../src/training/datasets/contents/content-classes.ts';
import { type ContentKind, readContents } from '../../../src/training/datasets/contents/read-contents.ts';
import { createRandom } from '../../../src/training/random.ts';
import { type Maker, pictures, sounds, texts } from '../novelty/degenerate.ts';
import type { Section } from '../section.ts';
import { drawTask, openServed, type Served, sent } from '../served.ts';
import { meanOf } from './coverage.ts';

interface Line {
  readonly model: string;
  readonly kind: ContentKind;
  readonly path: string;
  readonly made: Readonly<Record<string, Maker>>;
  /** A data set of pictures or texts of another kind. */
  readonly wrong: readonly [what: string, path: string];
}

const LINES: readonly Line[] = [
  {
    model: 'photos',
    kind: 'image',
    path: 'images/grocery.zip',
    made: pictures,
    wrong: ['drawings', 'images/quickdraw25.zip'],
  },
  {
    model: 'photos-imagenet',
    kind: 'image',
    path: 'images/grocery.zip',
    made: pictures,
    wrong: ['drawings', 'images/quickdraw25.zip'],
  },
  {
    model: 'omniglot-protonets',
    kind: 'image',
    path: 'images/quickdraw25.zip',
    made: pictures,
    wrong: ['photos', 'images/grocery.zip'],
  },
  {
    model: 'text',
    kind: 'text',
    path: 'text/hwu64.tsv',
    made: texts,
    wrong: ['other languages', 'text/udhr_lang.tsv'],
  },
  { model: 'speech', kind: 'audio', path: 'audio/spoken_digits.zip', made: sounds, wrong: ['', ''] },
];
const OWN = 'of the task';
/** Of each kind in a task. */
const INPUTS = 4;
const SHAPE = { ways: 5, shots: 5, queries: 2 };

/** Inputs that no task is about, sent to the service. */
export const degenerate: Section = {
  title: 'Blank, noisy and wrong inputs',
  intro:
    `Tasks of 5 classes with 5 examples, over HTTP, and ${INPUTS} inputs of each kind in each, under \`reject: true\`. ` +
    '*Refused*: the service answers with an error (only packages for signs refuse pictures). *Rejected*: a prediction without a label, with its mean novelty. The goal is that both together are at least 95 %. Inputs of the classes of the task are in the first row of each package.',
  async run({ packages, tasks, note }) {
    await using served = await openServed();
    const rows: string[][] = [];
    const names = new Set(packages.map(({ manifest }) => manifest.name));
    for (const line of LINES.filter(({ model }) => names.has(model))) {
      note(`degenerate: ${line.model}`);
      const asked = await askedIn(line, served, tasks);
      for (const [what, answers] of asked) {
        const share = (some: readonly unknown[]) => `${((100 * some.length) / answers.length).toFixed(0)} %`;
        const answered = answers.filter((each) => each !== null);
        const kept = answered.filter(({ label }) => label !== null);
        rows.push([
          line.model,
          nameOfData(line.path),
          what,
          share(answers.filter((each) => each === null)),
          share(answered.filter(({ label }) => label === null)),
          answered.length > 0 ? meanOf(answered.map(({ novelty }) => novelty ?? 0)).toFixed(2) : '',
          what !== OWN && kept.length > 0.05 * answers.length ? 'missed' : '',
        ]);
      }
    }
    return markdownTable(['Package', 'Tasks from', 'Inputs', 'Refused', 'Rejected', 'Novelty', 'Bar'], rows);
  },
};

type Answers = Awaited<ReturnType<Served['predict']>>[];

async function askedIn({ model, kind, path, made, wrong }: Line, served: Served, tasks: number) {
  const all = await readContents(join('data', path), kind);
  const [what, wrongPath] = wrong;
  const others = what === '' ? [] : await readContents(join('data', wrongPath), kind);
  const random = createRandom(19);
  const answers = new Map<string, Answers>();
  for (let i = 0; i < tasks; i++) {
    const draw = random.fork(i);
    const task = `${model}-${i}`;
    const { support, asked } = await drawTask(all, draw, SHAPE);
    await served.adapt(task, model, support);
    const ask = async (name: string, input: string) => {
      const own = answers.get(name) ?? [];
      answers.set(name, own);
      own.push(await served.predict(task, input, { reject: true }));
    };
    for (const { content } of asked) await ask(OWN, sent(content));
    for (const [name, make] of Object.entries(made))
      for (let n = 0; n < INPUTS; n++) await ask(name, sent({ kind, bytes: await make(draw) }));
    for (const place of draw.sample(others.length, Math.min(INPUTS, others.length))) {
      const other = others[place];
      if (other) await ask(what, sent(await other.read()));
    }
  }
  return answers;
}
