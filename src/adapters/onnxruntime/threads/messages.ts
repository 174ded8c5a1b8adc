import type { ErrorCode } from '../../../errors.ts';
import type { ExecutionProvider } from '../../../execution-providers.ts';
import type { ProgramName } from '../../../package/manifest.ts';
import { copyOf, type Tensor, type Tensors } from '../../../tensor.ts';
import type { Leap } from '../adapting/unrolled-program.ts';

/** What a thread is started with. */
export interface LaneData {
  /** Of all its sessions. */
  readonly executionProvider: ExecutionProvider;
}

/** What a thread is asked. Those with a `call` are answered once, by `done` or `failed` of the same number. */
export type Request =
  /** Whether the execution provider computes. */
  | { readonly type: 'try'; readonly call: number }
  | { readonly type: 'load'; readonly call: number; readonly digest: string; readonly programs: Programs }
  | ({ readonly type: 'adapt'; readonly call: number; readonly digest: string } & AdaptJob)
  | { readonly type: 'cancel'; readonly call: number }
  | { readonly type: 'keep'; readonly stateId: string; readonly state: Tensors }
  | { readonly type: 'copy'; readonly call: number; readonly stateId: string }
  | { readonly type: 'drop'; readonly stateId: string }
  | ({ readonly type: 'predict'; readonly call: number; readonly digest: string } & PredictJob)
  | { readonly type: 'close' };

/** Those of a package that a thread runs; beside `step`, where it pays, one that takes several steps. */
export interface Programs extends Readonly<Partial<Record<ProgramName, Uint8Array>>> {
  readonly leap?: Leap;
}

export interface AdaptJob {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly steps: number;
  readonly rate: number;
}

/** The state was kept under this id by an earlier message. */
export interface PredictJob {
  readonly stateId: string;
  readonly x: Tensor;
}

/** Of a prediction `ms` says how long it computed. */
export type Reply =
  | { readonly type: 'steps'; readonly call: number; readonly losses: readonly number[] }
  | { readonly type: 'done'; readonly call: number; readonly result: Tensors; readonly ms?: number }
  | { readonly type: 'failed'; readonly call: number; readonly code: ErrorCode; readonly message: string };

/** Buffers to hand over with a message. One that others see too, or that two tensors share, cannot be. */
export function buffersOf(tensors: Tensors): ArrayBuffer[] {
  return [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))];
}

/** `given`, or a copy where its values are part of a larger buffer, which handing over would take from others. */
export function owned(given: Tensor): Tensor {
  const { data } = given;
  const whole = data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
  return whole ? given : copyOf(given);
}
