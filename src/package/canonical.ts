import { ModelProto } from '../onnx/schema.ts';

/**
 * The model as it was verified, and nothing else. The schema here names the parts of the format that were looked at;
 * the runtime knows more. So it never sees the bytes of the file, only this writing of what was read from them.
 */
export function canonicalModel(bytes: Uint8Array): Uint8Array {
  return ModelProto.encode(ModelProto.decode(bytes)).finish();
}
