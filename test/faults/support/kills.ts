import { positive } from '../../support/fuzz.ts';

/** How often each kill test kills a process: `FAULT_KILLS=100 npm run test:faults` looks longer for rare faults. */
export const KILLS = positive('FAULT_KILLS') ?? 10;
