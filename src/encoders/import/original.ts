import { namesUsed, neededNodes } from '../../graph/import/import-graph.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '../../onnx/model.ts';
import type { ModelInput } from './inputs.ts';
import { invalidModel } from './read-model.ts';

/**
 * The part of a model that `tensor` depends on, as the bytes that the runtime gets. Other parts have not been checked, and
 * the runtime would compute them too.
 * @throws InnerloopError `invalid_package` for an attribute that cannot be written
 */
export function originalUpTo(model: OnnxModel, tensor: string, inputs: readonly ModelInput[]): Uint8Array {
  const nodes = neededNodes(model, new Set([tensor]));
  const used = new Set([tensor, ...namesUsed({ ...model, nodes, outputs: [] })]);
  const fed = new Set(inputs.map(({ name }) => name));
  const part: OnnxModel = {
    ...model,
    nodes,
    initializers: model.initializers.filter(({ name }) => used.has(name)).map(withOffset),
    inputs: model.inputs.filter(({ name }) => used.has(name) || fed.has(name)),
    outputs: [{ name: tensor, elementType: 0, shape: [] }],
  };
  try {
    return encodeModel(part);
  } catch (cause) {
    throw invalidModel('attributes that can be read', cause instanceof Error ? cause.message : cause, cause);
  }
}

/** A file need not state the offset of values that are at its beginning. */
function withOffset(initializer: OnnxInitializer): OnnxInitializer {
  const { external } = initializer;
  if (!external || !Number.isNaN(external.offset)) return initializer;
  return { ...initializer, external: { ...external, offset: 0 } };
}
