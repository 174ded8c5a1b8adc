import type { Items } from '../../concurrency/limit.ts';
import { peek } from '../../concurrency/peek.ts';
import { type ContentKind, kindNames } from '../../domain/content.ts';
import { AUTO, type Task } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import { atItem, atMember, invalidInput } from '../inputs/invalid-input.ts';
import { kindOfInput } from '../inputs/kind-of-input.ts';
import type { Models } from '../models.ts';
import type { AdaptRequest, RawExample } from '../service.ts';
import { modelOf } from '../tasks/find-task.ts';

/**
 * The packages that serve each kind of input, for labels and for numbers. The first one that is installed with its encoder is
 * chosen.
 */
const packages: Readonly<Record<ContentKind, Readonly<Record<Manifest['task'], readonly string[]>>>> = {
  image: { classification: ['photos-imagenet', 'photos'], regression: [] },
  text: { classification: ['text'], regression: ['text-values'] },
  audio: { classification: ['speech'], regression: [] },
  row: { classification: ['rows'], regression: ['rows-values'] },
  tensor: { classification: [], regression: [] },
};

interface Chosen {
  readonly manifest: Manifest;
  readonly support: Items<RawExample>;
}

/**
 * The package of a request and its examples: the task's package, the named one, or the one for the kind of the examples.
 * @throws InnerloopError `model_conflict`, `model_not_found`, `model_required`
 */
export async function resolvePackage(
  models: Models,
  task: Task | null,
  pinned: Manifest | null,
  { model, modelPointer, support: examples }: AdaptRequest,
): Promise<Chosen> {
  const name = modelOf(task, model, modelPointer);
  const { manifest, support } =
    name === AUTO
      ? await choosePackage(models, examples, modelPointer)
      : { manifest: (name === task?.model && pinned) || models.named(name, modelPointer), support: examples };
  return {
    manifest,
    support: 'length' in support ? support.map((each) => outcomeOf(each, manifest)) : support,
  };
}

/** An example of a table gets its label or its target, whichever the package needs. */
function outcomeOf({ cell, ...example }: RawExample, { task, output }: Manifest): RawExample {
  if (!cell) return example;
  if (task === 'classification') return { ...example, label: cell.label };
  const number = cell.number ?? cell.label;
  return { ...example, target: output.shape.length === 0 ? number : [number] };
}

/**
 * Chooses the package by the kind of the first example. All others must be of the same kind.
 * @throws InnerloopError `model_required` if no installed package serves this kind
 */
async function choosePackage(
  models: Models,
  examples: Items<RawExample>,
  pointer: string | undefined,
): Promise<Chosen> {
  const { first, all } = await peek(examples);
  if (!first) throw required('examples, or the name of a model', 'none', pointer);
  const kind = await atItem(0, () => kindOfInput(first.input));
  const task = first.target !== undefined || first.cell?.isAmount ? 'regression' : 'classification';
  const manifest = kind && models.firstOf(packages[kind][task]);
  if (!manifest) {
    const got = kind === null ? 'files of an unknown kind' : kindNames[kind];
    throw required(`the name of a model: none is chosen for ${got} with ${outcomes[task]}`, got, pointer);
  }
  return { manifest, support: await ofOneKind(all, kind) };
}

const outcomes = { classification: 'labels', regression: 'targets' } as const;

function required(expected: string, got: string, pointer: string | undefined): InnerloopError {
  return new InnerloopError('model_required', `A new task needs ${expected}`, {
    ...(pointer !== undefined && { pointer }),
    expected,
    got,
  });
}

/** The same examples. Those of a stream are checked when they are read. */
async function ofOneKind(examples: Items<RawExample>, kind: ContentKind): Promise<Items<RawExample>> {
  const check = ({ input }: RawExample, item: number) =>
    atItem(item, () =>
      atMember('/input', () => {
        const got = kindOfInput(input);
        if (got === kind) return;
        const expected = `${kindNames[kind]} only, like the first example`;
        throw invalidInput('', expected, got === null ? 'a file of an unknown kind' : kindNames[got]);
      }),
    );
  if (!('length' in examples)) return checked(examples, check);
  for (const [item, example] of examples.entries()) await check(example, item);
  return examples;
}

async function* checked<Item>(
  items: AsyncIterable<Item>,
  check: (item: Item, index: number) => Promise<void>,
): AsyncGenerator<Item> {
  let index = 0;
  for await (const item of items) {
    await check(item, index);
    index += 1;
    yield item;
  }
}
