import { Type } from 'typebox';
import { HEADER_LENGTH } from '../inference/binary-framing.ts';

/** Unknown parameters are ignored, like unknown members. */
const scalars = (of: string) => ({
  description: `Parameters of ${of}. Unknown ones are ignored.`,
  additionalProperties: Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
    'x-expected': 'a text, a number, true or false',
    description: 'An unknown parameter.',
  }),
});

const name = (description: string) => Type.String({ maxLength: 128, description });
const Datatype = Type.String({
  description: 'The data type of the values, such as `FP32`, `INT64`, `BOOL` or `BYTES`.',
});
const Shape = Type.Array(Type.Integer({ minimum: 0 }), {
  maxItems: 8,
  description: 'The sizes of the dimensions. The first is the number of inputs of the prediction.',
});

export const InferenceInput = Type.Object(
  {
    name: name('The name of the input: `x`, or for tables the name of a column.'),
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
        scalars('the input'),
      ),
    ),
  },
  { title: 'InferenceInput', description: 'An input tensor.' },
);

export const InferenceOutput = Type.Object(
  {
    name: name('The name of the output.'),
    parameters: Type.Optional(
      Type.Object(
        {
          binary_data: Type.Optional(
            Type.Boolean({ description: 'Whether to return this output in binary form.' }),
          ),
          classification: Type.Optional(
            Type.Integer({
              minimum: 1,
              description:
                'For the output `probabilities`: answer only with this number of the likeliest labels, each as a text `value:index:label`.',
            }),
          ),
        },
        scalars('the output'),
      ),
    ),
  },
  { title: 'RequestedOutput', description: 'An output to return.' },
);

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
        scalars('the request'),
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
    title: 'InferenceRequest',
    description: 'A request of the Open Inference Protocol v2.',
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

const Response = Type.Object(
  {
    model_name: Type.String({ description: 'The id of the task.' }),
    model_version: Type.String({ description: 'The adaptation that answered.' }),
    id: Type.Optional(Type.String({ description: 'The `id` of the request. Absent if it had none.' })),
    outputs: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The name of the output.' }),
        shape: Shape,
        datatype: Datatype,
        data: Type.Optional(
          Type.Array(Type.Unknown(), {
            description: 'The values as one flat array, row by row. Absent in binary form.',
          }),
        ),
        parameters: Type.Optional(
          Type.Object(
            {
              binary_data_size: Type.Optional(
                Type.Integer({ description: 'The number of bytes of this tensor after the JSON.' }),
              ),
            },
            { description: 'Present if the output is in binary form.' },
          ),
        ),
      }),
      { description: 'The outputs, in the order of the request.' },
    ),
  },
  { title: 'InferenceResponse', description: 'The outputs, in the format of the Open Inference Protocol.' },
);

export const InferenceResponse = {
  description:
    'The requested outputs, in the order of the request. If the request asks for an output in binary form, the body is JSON followed by tensors.',
  content: {
    'application/json': { schema: Response },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  },
} as const;

export const ServerMetadata = Type.Object(
  {
    name: Type.String({ description: 'Always `innerloop`.' }),
    version: Type.String({ description: 'The version of the service.' }),
    extensions: Type.Array(Type.String(), {
      description: 'The extensions of the protocol that the server supports.',
    }),
  },
  { title: 'InferenceServer', description: 'The server in the words of the protocol.' },
);

export const ServerLive = Type.Object(
  { live: Type.Boolean({ description: 'Always true.' }) },
  { title: 'InferenceServerLiveness', description: 'Whether the process is alive.' },
);
export const ServerReady = Type.Object(
  {
    live: Type.Boolean({ description: 'Always true.' }),
    ready: Type.Boolean({ description: 'Whether all parts that requests need work.' }),
  },
  { title: 'InferenceServerReadiness', description: 'Whether the service is ready.' },
);
export const ModelReady = Type.Object(
  {
    name: Type.String({ description: 'The id of the task.' }),
    ready: Type.Boolean({ description: 'Whether predictions are possible.' }),
  },
  { title: 'InferenceModelReadiness', description: 'Whether a task or an adaptation can answer.' },
);

export const TensorMetadata = Type.Object(
  {
    name: Type.String({ description: 'The name of the tensor.' }),
    datatype: Datatype,
    shape: Type.Array(Type.Integer(), { description: 'The sizes of the dimensions; -1 means any size.' }),
  },
  { title: 'TensorDescription', description: 'An input or an output of a model.' },
);

export const ModelMetadata = Type.Object(
  {
    name: Type.String({ description: 'The id of the task.' }),
    versions: Type.Array(Type.String(), {
      description:
        'The adaptation that answers. A request can also name any other succeeded adaptation of the task as the version.',
    }),
    platform: Type.String({ description: 'Always `onnx_onnxv1`.' }),
    inputs: Type.Array(TensorMetadata, { description: 'The input `x`, or for tables one input per column.' }),
    outputs: Type.Array(TensorMetadata, {
      description: '`probabilities` and `label` for classification, `value` for regression.',
    }),
  },
  { title: 'InferenceModel', description: 'A task, or an adaptation, as a model of the protocol.' },
);

export const InferenceModelParams = Type.Object({
  task: Type.String({ description: 'The name of the model: the id of a task.', examples: ['wave'] }),
});
export const InferenceVersionParams = Type.Object({
  ...InferenceModelParams.properties,
  id: Type.String({
    description: 'The version of the model: the id of an adaptation.',
    examples: ['adp_0123456789abcdef0123456789abcdef'],
  }),
});

export const InferenceError = Type.Object(
  { error: Type.String({ description: 'An explanation of the error, for people.' }) },
  { title: 'InferenceError', description: 'An error in the format of the Open Inference Protocol.' },
);

/** The error answers of every route of the protocol. */
export const inferenceErrors = {
  '4xx': { ...InferenceError, 'x-response-description': 'The request is wrong.' },
  '5xx': { ...InferenceError, 'x-response-description': 'The service failed, or the model is not ready.' },
} as const;
