import { ModelProto } from '../graph/onnx/schema.ts';

/**
 * The model as it was verified, and nothing else. Readers of protobuf may disagree: a part that is written twice is
 * merged by one and replaced by another, and unknown fields are skipped. So the runtime never sees the bytes of the
 * file, only this writing of what was read from them.
 */
export function canonicalModel(bytes: Uint8Array): Uint8Array {
  return ModelProto.encode(ModelProto.decode(bytes)).finish();
}
