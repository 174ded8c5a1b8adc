import { namesUsed, neededNodes } from '../../graph/import/import-graph.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxGraph, OnnxInitializer, OnnxModel, OnnxNode } from '../../onnx/model.ts';
import { externalValues } from './external-values.ts';
import type { ModelInput } from './find-inputs.ts';
import type { ImportOptions } from './options.ts';
import { invalidModel } from './read-model.ts';

/**
 * The part of a model that `tensor` depends on, with all its values inside. Other parts are not checked and never run, and
 * no runtime opens a file that a model names.
 * @throws InnerloopError `invalid_package` for values outside the file beside the model, or too many
 */
export function neededPart(
  model: OnnxModel,
  tensor: string,
  inputs: readonly ModelInput[],
  { weights, maxBytes }: ImportOptions,
): OnnxModel {
  const external = externalValues(weights);
  let left = maxBytes;
  const inside = (each: OnnxInitializer): OnnxInitializer => {
    const raw = each.external ? external(each) : each.raw;
    // Before anything is copied: many tensors may share the bytes of a file.
    left -= raw.length;
    if (left < 0) throw invalidModel(`at most ${maxBytes} bytes of weights (IMPORT_MAX_BYTES)`, 'more');
    return { ...each, external: null, raw };
  };
  const nodeInside = (node: OnnxNode): OnnxNode => ({
    ...node,
    attributes: node.attributes.map((each) => {
      if (each.type === 'tensor') return { ...each, value: inside(each.value) };
      return each.type === 'graph' ? { ...each, value: graphInside(each.value) } : each;
    }),
  });
  const graphInside = <Graph extends OnnxGraph>(graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map(nodeInside),
    initializers: graph.initializers.map(inside),
  });

  const nodes = neededNodes(model, new Set([tensor]));
  const used = new Set([tensor, ...namesUsed({ ...model, nodes, outputs: [] })]);
  const fed = new Set(inputs.map(({ name }) => name));
  return graphInside({
    ...model,
    nodes,
    initializers: model.initializers.filter(({ name }) => used.has(name)),
    inputs: model.inputs.filter(({ name }) => used.has(name) || fed.has(name)),
    outputs: [{ name: tensor, elementType: 0, shape: [] }],
  });
}

/**
 * The bytes that the runtime gets.
 * @throws InnerloopError `invalid_package` for a weight or an attribute that cannot be written
 */
export function encodedPart(model: OnnxModel): Uint8Array {
  try {
    return encodeModel(model);
  } catch (cause) {
    throw invalidModel(
      'weights and attributes that can be read',
      cause instanceof Error ? cause.message : cause,
      cause,
    );
  }
}
