import { refuse } from '../../graph/import/refusal.ts';
import { decodeModel } from '../../onnx/decode.ts';
import { measureModel } from '../../onnx/measure.ts';
import type { OnnxModel } from '../../onnx/model.ts';

/** Swin-B has 5,000 nodes as exported by PyTorch. */
const MAX_NODES = 50_000;
/** Names, attributes and tensors. */
const MAX_PARTS = 2 ** 20;
/** Beside the values of tensors. */
const MAX_STRUCTURE_BYTES = 64 * 2 ** 20;

export const invalidModel = refuse;
/** 64 million floats as old exporters wrote them. */
const MAX_LIST_BYTES = 2 ** 29;

/**
 * The content of a foreign model, after its size has been counted.
 * @throws InnerloopError `invalid_package`
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  const size = parsed(() => measureModel(bytes));
  if (size.nodes > MAX_NODES) throw invalidModel(`at most ${MAX_NODES} nodes`, size.nodes);
  if (size.parts > MAX_PARTS)
    throw invalidModel(`at most ${MAX_PARTS} names, attributes and tensors`, size.parts);
  if (size.bytes > MAX_STRUCTURE_BYTES)
    throw invalidModel(`at most ${MAX_STRUCTURE_BYTES} bytes beside the values of weights`, size.bytes);
  if (size.listBytes > MAX_LIST_BYTES)
    throw invalidModel(`at most ${MAX_LIST_BYTES} bytes for numbers outside raw_data`, size.listBytes);
  const model = parsed(() => decodeModel(bytes));
  const { functions, trainingInfos, sparseInitializers } = model;
  if (functions > 0) throw invalidModel('a model whose functions are inlined', `${functions} functions`);
  if (trainingInfos > 0) throw invalidModel('a model for inference', 'a training section');
  if (sparseInitializers > 0) throw invalidModel('dense initializers', `${sparseInitializers} sparse ones`);
  return model;
}

function parsed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw invalidModel('a whole ONNX model', cause instanceof Error ? cause.message : 'other bytes', cause);
  }
}
