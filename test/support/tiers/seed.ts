import fc from 'fast-check';
import { FUZZ_SEED } from '../fuzz.ts';

/** Properties draw the same cases in each run. A failure prints the seed and the path to its case. */
fc.configureGlobal({ seed: FUZZ_SEED });
