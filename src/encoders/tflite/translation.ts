import type { OnnxBuilder } from '../onnx-builder.ts';
import type { Plane } from './plane.ts';
import type { TfliteOperator } from './read-tflite.ts';

/** What a translation of one operator reads. */
export interface TrunkParts {
  readonly b: OnnxBuilder;
  /** A computed tensor. @throws InnerloopError for a constant */
  readonly planeOf: (number: number | undefined) => Plane;
  readonly isPlane: (number: number | undefined) => boolean;
  readonly constantOf: (number: number | undefined) => {
    readonly shape: readonly number[];
    readonly values: Float32Array;
  };
  /** The numbers of a constant without a scale; none of a computed tensor. */
  readonly integersOf: (number: number | undefined) => readonly number[];
  /** A fused activation by its number in the schema. */
  readonly activated: (name: string, activation: number) => string;
}

/** Translates one operator to ONNX. */
export type Translate = (parts: TrunkParts, operator: TfliteOperator) => Plane;
