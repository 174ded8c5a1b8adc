import { encodeAsked } from '../../../src/adapters/asked-bytes.ts';
import { encodeFeatures } from '../../../src/adapters/feature-bytes.ts';
import { type Adaptation, hasEnded } from '../../../src/domain/adaptation.ts';
import type { Contents } from '../../../src/domain/content.ts';
import type { Alarm, AskedInput } from '../../../src/domain/drift/asked-input.ts';
import type { Outcome } from '../../../src/domain/feedback/kept-prediction.ts';
import { type KeyRecord, keyBytes } from '../../../src/domain/idempotency.ts';
import { type SupportSet, storedSupport } from '../../../src/domain/support-set.ts';
import type { Task } from '../../../src/domain/task.ts';
import { jsonBytes, recordBytes, taskBytes, type Usage } from '../../../src/domain/usage.ts';
import type { PredictionToKeep } from '../../../src/ports/stores/prediction-store.ts';
import type { Tensor } from '../../../src/tensor.ts';

/** Inputs that a task was asked, by slot. */
export interface KeptInputs {
  readonly epoch: string;
  readonly count: number;
  readonly alarm: Alarm | null;
  readonly slots: ReadonlyMap<number, AskedInput>;
}

/** What the reference store keeps of a task. */
export interface StoredTask {
  readonly task: Task;
  readonly records: ReadonlyMap<string, Adaptation>;
  readonly supports: ReadonlyMap<string, SupportSet>;
  readonly keys: ReadonlyMap<string, KeyRecord>;
  readonly contents: Contents;
  readonly asked?: KeptInputs | null;
  /** By id, oldest first. */
  readonly predictions: ReadonlyMap<string, Kept>;
  readonly outcomes: readonly Outcome[];
}

export interface Kept extends PredictionToKeep {
  readonly bytes: number;
}

/** By content and encoder. */
export type Features = ReadonlyMap<string, Tensor>;
export type TasksOfTenant = ReadonlyMap<string, StoredTask>;

export const isUnfinished = ({ status }: Adaptation) => !hasEnded(status);
export const recordsOf = ({ records }: StoredTask) => [...records.values()];

export function contentsOf(tasks: TasksOfTenant): Contents {
  return new Map([...tasks.values()].flatMap(({ contents }) => [...contents]));
}

/** Computed from all stored data. */
export function usageOf(tasks: TasksOfTenant, features: Features): Usage {
  const all = [...tasks.values()];
  const records = all.flatMap(recordsOf);
  const supports = all.flatMap((each) => [...each.supports.values()]);
  const bytes = [
    ...all.map(({ task }) => taskBytes(task)),
    ...records.map(recordBytes),
    ...supports.map((support) => jsonBytes(storedSupport(support))),
    ...all.flatMap(({ keys }) => [...keys.values()].map(keyBytes)),
    ...all.flatMap((each) => [...each.predictions.values()].map((kept) => kept.bytes)),
    ...[...contentsOf(tasks).values()].map((content) => content.bytes.length),
    ...all.flatMap(({ asked }) => [...(asked?.slots.values() ?? [])].map((each) => encodeAsked(each).length)),
    ...[...features.values()].map(({ data }) => encodeFeatures(data).length),
  ];
  return {
    tasks: all.length,
    examples: supports.reduce((sum, { examples }) => sum + examples.length, 0),
    bytes: bytes.reduce((sum, each) => sum + each, 0),
    queued: records.filter(isUnfinished).length,
  };
}
