/** Maps values to positions between `from` and `to`. The ticks are round numbers. */
export interface Scale {
  readonly ticks: readonly number[];
  place(value: number): number;
}

export type Range = readonly [number, number];

/** A linear scale that covers `values`. It is extended to whole ticks, but not beyond `limits`. */
export function linearScale(
  values: readonly number[],
  [from, to]: Range,
  options: { ticks?: number; limits?: Range; tight?: boolean; leastStep?: number } = {},
): Scale {
  const { ticks: wanted = 4, limits = [-Infinity, Infinity], tight = false, leastStep = 0 } = options;
  const [least, most] = span(values);
  const step = Math.max(leastStep, roundStep((most - least) / wanted));
  const low = Math.max(limits[0], tight ? least : Math.floor(least / step) * step);
  const high = Math.min(limits[1], tight ? most : Math.ceil(most / step) * step);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return {
    ticks: Array.from({ length: count }, (_, i) => withoutRoundingError((first + i) * step)),
    place: (value) => from + ((to - from) * (clamp(value, low, high) - low)) / (high - low),
  };
}

/** A logarithmic scale over positive values, for a loss that falls by orders of magnitude. */
export function logScale(values: readonly number[], [from, to]: Range): Scale {
  const [least, most] = span(values.map((value) => Math.log10(Math.max(value, Number.MIN_VALUE))));
  const mantissas = most - least > 2.5 ? [1] : [1, 2, 5];
  const decades = Array.from(
    { length: Math.floor(most) - Math.floor(least) + 1 },
    (_, i) => Math.floor(least) + i,
  );
  const ticks = decades
    .flatMap((decade) => mantissas.map((m) => withoutRoundingError(m * 10 ** decade)))
    .filter((tick) => Math.log10(tick) >= least - 1e-9 && Math.log10(tick) <= most + 1e-9);
  return {
    ticks,
    place(value) {
      const log = clamp(Math.log10(Math.max(value, Number.MIN_VALUE)), least, most);
      return from + ((to - from) * (log - least)) / (most - least);
    },
  };
}

/** Smallest and largest value, moved apart if they are equal or almost equal. */
function span(values: readonly number[]): Range {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(least <= most)) return [0, 1];
  const size = Math.max(Math.abs(least), Math.abs(most));
  return most - least > 1e-9 * Math.max(size, 1e-3) ? [least, most] : [least - 0.5, most + 0.5];
}

/** The smallest 1, 2 or 5 × 10ⁿ that is at least this number. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((f) => f * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Rounds away floating-point errors such as that of 0.1 + 0.2. */
const withoutRoundingError = (value: number) => Number(value.toPrecision(12));
