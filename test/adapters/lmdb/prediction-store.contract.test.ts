import { describe } from 'vitest';
import { createLmdbTaskStore } from '../../../src/adapters/lmdb/tasks/task-store.ts';
import { describePredictionStoreContract } from '../../support/contracts/prediction-store.ts';
import { scratchFolder } from '../../support/scratch.ts';

describe('LMDB prediction store', () =>
  describePredictionStoreContract(async (quota) => {
    const store = createLmdbTaskStore({ path: await scratchFolder(), quota });
    return { store, predictions: store.predictions };
  }));
