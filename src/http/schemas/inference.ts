import { Type } from 'typebox';
import { HEADER_LENGTH } from '../inference/framing.ts';

/** Parameters without a meaning here are ignored, as unknown members are. */
const scalars = {
  additionalProperties: Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
    description: 'a text, a number, true or false',
  }),
};

const Name = Type.String({ maxLength: 128 });
const Datatype = Type.String({ examples: ['FP32'] });
const Shape = Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 8 });

export const InferenceInput = Type.Object({
  name: Name,
  shape: Shape,
  datatype: Datatype,
  data: Type.Optional(
    Type.Array(Type.Unknown(), {
      description: 'Nested in the shape, or flat. BYTES: image files in base64. FP16: the binary form alone.',
    }),
  ),
  parameters: Type.Optional(
    Type.Object(
      {
        binary_data_size: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'Bytes of this tensor after the JSON, instead of `data`.',
          }),
        ),
      },
      scalars,
    ),
  ),
});

export const InferenceOutput = Type.Object({
  name: Name,
  parameters: Type.Optional(
    Type.Object(
      {
        binary_data: Type.Optional(Type.Boolean()),
        classification: Type.Optional(
          Type.Integer({
            minimum: 1,
            description:
              'Answers `probabilities` as this many of the likeliest labels, each a text `value:index:label`.',
          }),
        ),
      },
      scalars,
    ),
  ),
});

export const InferenceRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 512, description: 'Repeated in the answer.' })),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data_output: Type.Optional(
            Type.Boolean({
              description: 'Whether outputs come in binary form, unless they say otherwise themselves.',
            }),
          ),
        },
        scalars,
      ),
    ),
    inputs: Type.Array(InferenceInput, { description: 'Exactly one, named `x`.' }),
    outputs: Type.Optional(
      Type.Array(InferenceOutput, {
        maxItems: 16,
        description: 'Some of `probabilities` and `label`, or `value`. Default: all of them.',
      }),
    ),
  },
  {
    'x-examples': {
      wave: {
        summary: 'Values between the points (for the task wave)',
        value: { inputs: [{ name: 'x', shape: [3, 1], datatype: 'FP32', data: [0, 1, 2] }] },
      },
    },
    'x-binary':
      'The same JSON, followed by the tensors; the header Inference-Header-Content-Length has the bytes of the JSON. If it is 0, the body is the data of the one input alone.',
  },
);

export const InferenceHeaders = Type.Object({
  [HEADER_LENGTH]: Type.Optional(
    Type.String({
      description:
        'Bytes of the JSON part, if tensors follow it; 0 if the body is the data of the one input alone.',
    }),
  ),
});

const Response = Type.Object({
  model_name: Type.String(),
  model_version: Type.String({ description: 'The adaptation that answered.' }),
  id: Type.Optional(Type.String()),
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      shape: Shape,
      datatype: Datatype,
      data: Type.Optional(Type.Array(Type.Unknown())),
      parameters: Type.Optional(Type.Object({ binary_data_size: Type.Optional(Type.Integer()) })),
    }),
  ),
});

export const InferenceResponse = {
  description: 'The requested outputs, in that order; in binary form if one of them was requested so.',
  content: {
    'application/json': { schema: Response },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  },
} as const;

export const ServerMetadata = Type.Object({
  name: Type.String(),
  version: Type.String(),
  extensions: Type.Array(Type.String()),
});

export const ServerLive = Type.Object({ live: Type.Boolean() });
export const ServerReady = Type.Object({ live: Type.Boolean(), ready: Type.Boolean() });
export const ModelReady = Type.Object({ name: Type.String(), ready: Type.Boolean() });

export const TensorMetadata = Type.Object({
  name: Type.String(),
  datatype: Type.String(),
  shape: Type.Array(Type.Integer(), { description: '-1 stands for any size.' }),
});

export const ModelMetadata = Type.Object({
  name: Type.String(),
  versions: Type.Array(Type.String(), {
    description:
      'The adaptation that answers. Any other adaptation of the task that has succeeded can be named too.',
  }),
  platform: Type.String(),
  inputs: Type.Array(TensorMetadata),
  outputs: Type.Array(TensorMetadata),
});

/** A task is a model of the protocol, and its adaptations are that model's versions. */
export const InferenceModelParams = Type.Object({
  task: Type.String({ description: 'The model: a task.', examples: ['wave'] }),
});
export const InferenceVersionParams = Type.Object({
  ...InferenceModelParams.properties,
  id: Type.String({ description: 'The version: an adaptation.' }),
});

export const InferenceError = Type.Object({ error: Type.String() });

/** The error answers of every route of the protocol. */
export const inferenceErrors = {
  '4xx': { ...InferenceError, description: 'The request is wrong.' },
  '5xx': { ...InferenceError, description: 'The service has failed, or the model is not ready.' },
} as const;
