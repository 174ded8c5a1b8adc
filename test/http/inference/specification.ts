/**
 * The objects of the protocol with exactly the members of the specification, as a strict client expects them.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
const text = { type: 'string' };
const texts = { type: 'array', items: text };

const exactly = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const listOf = (items: object) => ({ type: 'array', items });

const shape = listOf({ type: 'integer', minimum: -1 });
const parameters = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
const tensor = { name: text, datatype: text, shape };
const data = listOf({ type: ['array', 'number', 'string', 'boolean'] });

export const specification = {
  serverMetadata: exactly({ name: text, version: text, extensions: texts }),
  modelMetadata: exactly({
    name: text,
    versions: texts,
    platform: { const: 'onnx_onnxv1' },
    inputs: listOf(exactly(tensor)),
    outputs: listOf(exactly(tensor)),
  }),
  modelReady: exactly({ name: text, ready: { type: 'boolean' } }),
  inferenceResponse: exactly(
    {
      model_name: text,
      model_version: text,
      id: text,
      parameters,
      outputs: listOf(exactly({ ...tensor, parameters, data }, ['parameters', 'data'])),
    },
    ['id', 'parameters'],
  ),
  error: exactly({ error: text }),
} as const;
