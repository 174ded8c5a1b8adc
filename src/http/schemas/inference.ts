import { Type } from 'typebox';
import { HEADER_LENGTH } from '../inference/binary-framing.ts';

/** Unknown parameters are ignored, like unknown members. */
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
      description:
        'The values, as nested arrays of the shape or as one flat array. For BYTES: texts, or files in base64. FP16 is only possible in binary form.',
    }),
  ),
  parameters: Type.Optional(
    Type.Object(
      {
        binary_data_size: Type.Optional(
          Type.Integer({
            minimum: 0,
            description: 'The number of bytes of this tensor after the JSON. Use this instead of `data`.',
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
              'For the output `probabilities`: answer only with this number of the likeliest labels, each as a text `value:index:label`.',
          }),
        ),
      },
      scalars,
    ),
  ),
});

export const InferenceRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 512, description: 'Any text; the answer repeats it.' })),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data_output: Type.Optional(
            Type.Boolean({
              description:
                'True for outputs in binary form. The parameter `binary_data` of an output overrides this.',
            }),
          ),
        },
        scalars,
      ),
    ),
    inputs: Type.Array(InferenceInput, {
      description: 'One input with the name `x`, or for tables one input per column.',
    }),
    outputs: Type.Optional(
      Type.Array(InferenceOutput, {
        maxItems: 16,
        description:
          'The outputs to return: `probabilities` and `label` for classification, `value` for regression. Default: all outputs of the model.',
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
    'x-bodies': {
      'application/octet-stream':
        'The same JSON, followed by the tensors. The header Inference-Header-Content-Length is the number of bytes of the JSON. If the header is 0, the body has no JSON: it is only the data of the input.',
    },
  },
);

export const InferenceHeaders = Type.Object({
  [HEADER_LENGTH]: Type.Optional(
    Type.String({
      description:
        'The number of bytes of the JSON part, if tensors follow it; 0 if the body is only the data of the input.',
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
  description:
    'The requested outputs, in the order of the request. If the request asks for an output in binary form, the body is JSON followed by tensors.',
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
  shape: Type.Array(Type.Integer(), { description: 'The sizes of the dimensions; -1 means any size.' }),
});

export const ModelMetadata = Type.Object({
  name: Type.String(),
  versions: Type.Array(Type.String(), {
    description:
      'The adaptation that answers. A request can also name any other succeeded adaptation of the task as the version.',
  }),
  platform: Type.String(),
  inputs: Type.Array(TensorMetadata),
  outputs: Type.Array(TensorMetadata),
});

export const InferenceModelParams = Type.Object({
  task: Type.String({ description: 'The name of the model: the id of a task.', examples: ['wave'] }),
});
export const InferenceVersionParams = Type.Object({
  ...InferenceModelParams.properties,
  id: Type.String({ description: 'The version of the model: the id of an adaptation.' }),
});

export const InferenceError = Type.Object({ error: Type.String() });

/** The error answers of every route of the protocol. */
export const inferenceErrors = {
  '4xx': { ...InferenceError, description: 'The request is wrong.' },
  '5xx': { ...InferenceError, description: 'The service failed, or the model is not ready.' },
} as const;
