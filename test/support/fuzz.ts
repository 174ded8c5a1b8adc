/** The seed of random cases: `FUZZ_SEED=7 npm run test:fuzz` draws other cases. */
export const FUZZ_SEED = positive('FUZZ_SEED') ?? 20_261_128;

/** The number of cases per property: `FUZZ_RUNS=100000 npm run test:fuzz`. */
const FUZZ_RUNS = positive('FUZZ_RUNS');

/** Whether all cases are drawn, as in CI. Elsewhere half of them are a quick look. */
const DRAWS_ALL = process.env.CI === 'true';

/**
 * Options of a property with `cases` cases in CI, or with `FUZZ_RUNS` cases if that is set. Check them with `node:assert`:
 * `expect` takes longer than most cases.
 */
export function fuzz(cases: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: FUZZ_SEED, numRuns: FUZZ_RUNS ?? (DRAWS_ALL ? cases : Math.ceil(cases / 2)) };
}

/** A whole number above 0 from the environment. */
export function positive(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Expected ${name} to be a whole number above 0, got ${JSON.stringify(text)}`);
}
