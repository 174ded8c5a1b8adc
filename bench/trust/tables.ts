import { inferColumns } from '../../src/domain/rows/infer-columns.ts';
import type { Row } from '../../src/domain/rows/row.ts';
import { vectorise } from '../../src/domain/rows/vectorise.ts';
import type { Network } from '../../src/nn/network.ts';
import { stack, type Tensor, tensor } from '../../src/tensor.ts';
import type { Episode, EpisodeShape, EpisodeSource } from '../../src/training/datasets/dataset.ts';
import type { Random } from '../../src/training/random.ts';
import { readTables, type TableSet } from '../../src/training/tables/table-sets.ts';

export const TABLES = 'data/tables';

/**
 * Tasks of tables, each of a table that is chosen at random: its rows and targets, with columns inferred from the support set
 * alone. Every second table by name is for fitting (`train`), the others for measuring (`test`). A task of a table with
 * fewer classes than `ways` has those that the table has.
 */
export async function tableTasks(
  task: Network['task'],
  split: 'train' | 'test',
): Promise<EpisodeSource & { readonly tables: number }> {
  const all = await readTables(TABLES, task);
  const tables = all.filter((_, i) => (i % 2 === 0) === (split === 'train'));
  const draw = task === 'classification' ? ofClasses : ofRows;
  return {
    name: `tables, ${split}`,
    split,
    inputShape: [],
    classes: null,
    examples: null,
    tables: tables.length,
    sample(random, shape) {
      // A table may be too small for the shape.
      const order = random.sample(tables.length, tables.length).map((i) => tables[i] as TableSet);
      for (const table of order) {
        const episode = draw(table, random.fork(table.name), shape);
        if (episode) return episode;
      }
      throw new RangeError(`Expected a table for ${shape.shots} shots and ${shape.queries} queries`);
    },
  };
}

function ofClasses(table: TableSet, random: Random, { ways, shots, queries }: EpisodeShape): Episode | null {
  const places = new Map<string, number[]>();
  for (const [i, target] of table.targets.entries()) {
    const own = places.get(target) ?? [];
    places.set(target, own);
    own.push(i);
  }
  const able = [...places.values()].filter(({ length }) => length >= shots + queries);
  if (able.length < 2) return null;
  const chosen = random.sample(able.length, Math.min(ways, able.length)).map((i) => {
    const own = able[i] as number[];
    return random.sample(own.length, shots + queries).map((place) => own[place] as number);
  });
  const y = (of: readonly (readonly number[])[]) =>
    stack(
      of.flatMap((each, way) =>
        each.map(() =>
          tensor(
            [of.length],
            of.map((_, i) => Number(i === way)),
          ),
        ),
      ),
    );
  const [support, query] = [
    chosen.map((each) => each.slice(0, shots)),
    chosen.map((each) => each.slice(shots)),
  ];
  const x = featuresOf(table, support.flat(), query.flat());
  return x && { support: { x: x.support, y: y(support) }, query: { x: x.query, y: y(query) } };
}

function ofRows(table: TableSet, random: Random, { shots, queries }: EpisodeShape): Episode | null {
  const count = table.rows.length;
  if (count < shots + queries) return null;
  const order = random.sample(count, shots + queries);
  const [support, query] = [order.slice(0, shots), order.slice(shots)];
  const y = (places: readonly number[]) =>
    tensor(
      [places.length, 1],
      places.map((i) => Number(table.targets[i])),
    );
  const x = featuresOf(table, support, query);
  return x && { support: { x: x.support, y: y(support) }, query: { x: x.query, y: y(query) } };
}

/** Null if no column differs between the rows of the support set. */
function featuresOf(
  { rows }: TableSet,
  support: readonly number[],
  query: readonly number[],
): { readonly support: Tensor; readonly query: Tensor } | null {
  const at = (places: readonly number[]) => places.map((i) => rows[i] as Row);
  try {
    const { columns } = inferColumns(at(support));
    const of = (some: readonly Row[]) =>
      stack(
        some.map((row) => {
          const { features } = vectorise(row, columns);
          return tensor([features.length], features);
        }),
      );
    return { support: of(at(support)), query: of(at(query)) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'unlearnable_support_set') return null;
    throw error;
  }
}
