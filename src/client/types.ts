import type { components, operations } from './api.ts';

type Operation = keyof operations;

/** The JSON value that the server answers to a call. */
export type Answer<Name extends Operation> = operations[Name] extends { readonly responses: infer Responses }
  ? JsonIn<Responses[keyof Responses & (200 | 201 | 202)]>
  : never;

/** The JSON body of a call. */
export type Body<Name extends Operation> = NonNullable<JsonIn<operations[Name]['requestBody']>>;

export type Query<Name extends Operation> = NonNullable<operations[Name]['parameters']['query']>;

type JsonIn<Message> = Message extends { readonly content: { readonly 'application/json': infer Value } }
  ? Value
  : never;

type Schemas = components['schemas'];

export type Adaptation = Schemas['Adaptation'];
export type Report = Schemas['Report'];
export type Task = Schemas['Task'];
export type Model = Schemas['Model'];
export type Encoder = Schemas['Encoder'];
export type StoredExample = Schemas['Example'];
export type Predictions = Schemas['Predictions'];
export type Prediction = Schemas['Prediction'];
export type KeptPrediction = Schemas['KeptPrediction'];
export type Drift = Schemas['Drift'];
export type Quality = Schemas['Quality'];
export type Comparison = Schemas['Comparison'];
export type Tenant = Schemas['Tenant'];
export type Webhook = Schemas['Webhook'];
export type WebhookWithSecret = Schemas['WebhookWithSecret'];
export type Delivery = Schemas['Delivery'];
export type Review = Answer<'review'>['data'];
export type Settings = Schemas['AdaptSettings'];
export type PredictOptions = Schemas['PredictOptions'];

/** The right answer to an input: a label, or for regression a number or nested arrays of numbers. */
export type Outcome =
  | { readonly label: string; readonly target?: never }
  | { readonly target: number | readonly unknown[]; readonly label?: never };

/**
 * An input: a text; a picture or a sound as a `File` or `Blob`, or in base64; a row of a table; a number or numbers in nested
 * arrays; or a packed tensor.
 */
export type Input = string | number | Blob | readonly unknown[] | { readonly [member: string]: unknown };

export type Example = Outcome & { readonly input: Input };
