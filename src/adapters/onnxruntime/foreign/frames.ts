import { deserialize, serialize } from 'node:v8';
import type { ForeignTensors } from './run-foreign.ts';

/** The job of a process, without the model. */
export interface Order {
  readonly runs: readonly ForeignTensors[];
  readonly outputs: readonly string[];
  /** The maximum memory of the process, in bytes. */
  readonly mostBytes: number;
}

export type Answer =
  | { readonly results: readonly ForeignTensors[] }
  | { readonly refusal: { readonly message: string } };

/** The length of the order in 4 bytes, then the order. The model follows; it is not copied. */
export function orderFrame(order: Order): Buffer {
  const content = serialize(order);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}

/** The order and the model that follows it. */
export function readOrder(bytes: Buffer): { readonly order: Order; readonly model: Uint8Array } {
  const end = 4 + bytes.readUInt32LE(0);
  return { order: deserialize(bytes.subarray(4, end)) as Order, model: bytes.subarray(end) };
}

export const answerFrame = (answer: Answer): Buffer => serialize(answer);
export const readAnswer = (bytes: Buffer): Answer => deserialize(bytes) as Answer;
