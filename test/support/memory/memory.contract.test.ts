import { describe } from 'vitest';
import { describeAdaptationQueueContract } from '../contracts/adaptation-queue.ts';
import { describeKeyStoreContract } from '../contracts/key-store.ts';
import { describeOutboxContract } from '../contracts/outbox.ts';
import { describePredictionStoreContract } from '../contracts/prediction-store.ts';
import { describeProgramRunnerContract } from '../contracts/program-runner.ts';
import { describeStateCacheContract } from '../contracts/state-cache.ts';
import { describeTaskStoreContract } from '../contracts/task-store.ts';
import { createMemoryQueue } from './adaptation-queue.ts';
import { createMemoryKeyStore } from './key-store.ts';
import { createMemoryOutbox } from './outbox.ts';
import { createMemoryRunner } from './program-runner.ts';
import { createMemoryStateCache } from './state-cache.ts';
import { createMemoryTaskStore } from './task-store.ts';

describe('tasks in memory', () =>
  describeTaskStoreContract(async (quota) => createMemoryTaskStore({ quota })));

describe('predictions in memory', () =>
  describePredictionStoreContract(async (quota) => {
    const store = createMemoryTaskStore({ quota });
    return { store, predictions: store.predictions };
  }));

describe('states in memory', () =>
  describeStateCacheContract(async () => createMemoryStateCache({ maxBytes: 1e6 })));

describe('keys in memory', () => describeKeyStoreContract(async () => createMemoryKeyStore()));

describe('an outbox in memory', () => describeOutboxContract(async () => createMemoryOutbox()));

describe('a queue in memory', () =>
  describeAdaptationQueueContract(async () =>
    createMemoryQueue({ concurrency: 1, onError: () => undefined }),
  ));

describe('a runner on this thread', () => describeProgramRunnerContract(async () => createMemoryRunner()));
