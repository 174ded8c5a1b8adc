import { meanOf } from '../sections/coverage.ts';

/** By how much the probability of a label falls when what an explanation names is removed, and when as much at random is. */
export interface Falls {
  readonly named: number;
  readonly random: number;
}

/** Cells of a table: the means of both in points, and how often the named part takes more, of the cases that differ. */
export function fallsInWords(all: readonly Falls[]): readonly string[] {
  const points = (values: readonly number[]) => (100 * meanOf(values)).toFixed(1);
  const differing = all.filter(({ named, random }) => named !== random);
  const more = differing.filter(({ named, random }) => named > random);
  return [
    String(all.length),
    points(all.map(({ named }) => named)),
    points(all.map(({ random }) => random)),
    `${((100 * more.length) / differing.length).toFixed(0)} %`,
  ];
}
