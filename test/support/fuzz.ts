/** The seed of random cases: `FUZZ_SEED=7 npm run test:fuzz` draws other cases. */
export const FUZZ_SEED = positive('FUZZ_SEED') ?? 20_261_128;

/** The number of cases per property: `FUZZ_RUNS=100000 npm run test:fuzz`. */
const FUZZ_RUNS = positive('FUZZ_RUNS');

/** Options of a property with `runs` cases, or with `FUZZ_RUNS` cases if that is set. */
export function fuzz(runs: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: FUZZ_SEED, numRuns: FUZZ_RUNS ?? runs };
}

/** A whole number above 0 from the environment. */
export function positive(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Expected ${name} to be a whole number above 0, got ${JSON.stringify(text)}`);
}
