import { invalidTflite } from '../tflite/flatbuffer.ts';

/** A detector of shoes, chairs, cups and cameras on a MobileNetV2 trunk, in half precision. */
export const OBJECTRON = {
  package: '@mediapipe/objectron@0.4.1675468480',
  file: 'objectron_solution_packed_assets.data',
  sha256: '470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e',
} as const;

/** Where the tflite file lies among the packed files. */
const [START, END] = [184, 9_987_912];

export function tfliteIn(packed: Uint8Array): Uint8Array {
  if (packed.length < END)
    throw invalidTflite(`expected ${END} bytes in ${OBJECTRON.file}, got ${packed.length}`);
  return packed.subarray(START, END);
}
