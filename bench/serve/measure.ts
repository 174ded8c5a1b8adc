import { median } from '../support/median.ts';
import {
  type Bar,
  type Bound,
  type Contender,
  type Effort,
  type Options,
  type Quantity,
  quantities,
  type Sample,
  type Scenario,
} from './scenario.ts';

/** The medians of a contender over the rounds, and all its errors; or the reason why it was left out. */
export type Row = { readonly label: string } & ({ readonly sample: Sample } | { readonly absent: string });

export interface Judged extends Bar {
  readonly outcome: { readonly value: number; readonly ok: boolean | null } | { readonly leftOut: string };
}

export interface Table {
  readonly scenario: Scenario;
  readonly effort: Effort;
  readonly rows: readonly Row[];
  readonly bars: readonly Judged[];
}

/**
 * Measures all contenders in turn, round after round, so that other load on the machine affects all contenders equally.
 */
export async function measure(
  scenario: Scenario,
  options: Options,
  tell: (row: string) => void,
): Promise<Table> {
  const resources: AsyncDisposable[] = [];
  const keep = <T extends AsyncDisposable>(resource: T): T => {
    resources.push(resource);
    return resource;
  };
  const { rounds, seconds } = { ...options, ...scenario.effort?.(options) };
  try {
    const { contenders, bars } = await scenario.open(options, keep);
    const samples = contenders.map(() => [] as Sample[]);
    for (let round = 0; round < rounds; round++) {
      for (const [i, contender] of contenders.entries()) {
        if ('absent' in contender) continue;
        tell(`${scenario.name}, round ${round + 1} of ${rounds}: ${contender.label}`);
        samples[i]?.push(await contender.measure(seconds));
      }
    }
    const rows = contenders.map((contender, i) => rowOf(contender, samples[i] ?? []));
    return { scenario, effort: { rounds, seconds }, rows, bars: bars.map((bar) => judge(bar, rows)) };
  } finally {
    for (const resource of resources.reverse()) await resource[Symbol.asyncDispose]();
  }
}

function rowOf(contender: Contender, samples: readonly Sample[]): Row {
  const { label } = contender;
  if ('absent' in contender) return { label, absent: contender.absent };
  const medians: Partial<Record<Quantity, number>> = {};
  for (const quantity of Object.keys(quantities) as Quantity[]) {
    const values = samples.flatMap((sample) => sample[quantity] ?? []);
    if (values.length > 0) medians[quantity] = median(values);
  }
  const errors: Record<string, number> = {};
  for (const sample of samples)
    for (const [kind, count] of Object.entries(sample.errors)) errors[kind] = (errors[kind] ?? 0) + count;
  return { label, sample: { ...medians, errors } };
}

export const errorsOf = ({ errors }: Sample) => Object.entries(errors).filter(([, count]) => count > 0);

function judge(bar: Bar, rows: readonly Row[]): Judged {
  const samples: Sample[] = [];
  for (const label of bar.of) {
    const row = rows.find((each) => each.label === label);
    if (!row) throw new Error(`Expected a contender ${label}`);
    if ('absent' in row) return { ...bar, outcome: { leftOut: row.absent } };
    samples.push(row.sample);
  }
  const value = bar.value(...samples);
  const isValid = samples.every((each) => errorsOf(each).length === 0);
  return { ...bar, outcome: { value, ok: bar.bound && isValid && isWithin(value, bar.bound) } };
}

const isWithin = (value: number, bound: Bound) =>
  'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
