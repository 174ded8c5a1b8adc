import { base64Of } from './base64.ts';
import { type Content, defined, type RequestOptions } from './transport.ts';
import type { Body, Example, Input, Outcome, PredictOptions, Settings } from './types.ts';

/**
 * One file with many examples or inputs: a table (`text/csv`), lines of JSON (`application/x-ndjson`) or an archive
 * (`application/zip`). Its type says which. To `predict`, it may also be one picture, sound or text.
 */
export type Many = Blob | Content;

/** Labelled examples, and how to adapt to them. */
export interface Teaching {
  readonly support: readonly Example[] | Many;
  /** Package of a new task. Default: chosen by the kind of the examples. */
  readonly model?: string;
  /** `append`: add to the examples that the task has, instead of replacing them. */
  readonly mode?: 'replace' | 'append';
  /** For tables: the column to predict. */
  readonly target?: string;
  readonly settings?: Settings;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A right answer for the examples of a task: of a prediction that the task keeps, or of an input. */
export type Feedback = Omit<Body<'giveFeedback'>, 'input' | keyof Outcome> &
  Outcome & { readonly input?: Input };

type Message = Pick<RequestOptions, 'query' | 'json' | 'content'>;

/** The server's default for the maximum number of files in a form. */
const MAX_FORM_FILES = 1024;

/**
 * Files become a form, if it can say all that is given: a form has labels, but no numbers to learn and no settings. Otherwise
 * the body is JSON, with files in base64.
 */
export async function adaptMessage({
  support,
  model,
  mode,
  target,
  settings,
  metadata,
}: Teaching): Promise<Message> {
  const query = { model, mode, target };
  if (isMany(support)) return { query, content: contentOf(support) };
  const parts = support.flatMap(({ label, input }) =>
    label !== undefined && input instanceof Blob ? [{ name: label, file: input }] : [],
  );
  const fits = parts.length > 0 && parts.length === support.length && parts.length <= MAX_FORM_FILES;
  if (fits && settings === undefined && metadata === undefined) return { query, content: formContent(parts) };
  const examples = await Promise.all(
    support.map(async (each) => ({ ...each, input: await jsonOf(each.input) })),
  );
  return {
    query: { target },
    json: { ...defined<unknown>({ model, mode, settings, metadata }), support: examples },
  };
}

/** As `adaptMessage`; all options of a prediction can be in the query. */
export async function predictMessage(
  inputs: readonly Input[] | Many,
  options: PredictOptions,
): Promise<Message> {
  const { reject, ...others } = options;
  const query = { ...others, ...(typeof reject === 'object' ? reject : { reject }) };
  if (isMany(inputs)) return { query, content: contentOf(inputs) };
  const files = inputs.filter((input) => input instanceof Blob);
  if (files.length > 0 && files.length === inputs.length && files.length <= MAX_FORM_FILES)
    return { query, content: formContent(files.map((file) => ({ name: 'input', file }))) };
  const given = Object.values(options).some((value) => value !== undefined) && { options };
  return { json: { inputs: await Promise.all(inputs.map(jsonOf)), ...given } };
}

export async function feedbackMessage({ input, ...rest }: Feedback): Promise<Message> {
  return { json: { ...rest, ...(input !== undefined && { input: await jsonOf(input) }) } };
}

export async function compareMessage(
  adaptations: readonly string[],
  inputs: readonly Input[],
): Promise<Message> {
  return { json: { adaptations, inputs: await Promise.all(inputs.map(jsonOf)) } };
}

function formContent(parts: readonly { readonly name: string; readonly file: Blob }[]): Content {
  const form = new FormData();
  for (const { name, file } of parts) form.append(name, file);
  // `fetch` adds the type with the boundary.
  return { headers: {}, open: () => form };
}

/** @throws TypeError for anything else, such as one input, or labels with lists of inputs */
function isMany(given: readonly unknown[] | Many): given is Many {
  if (Array.isArray(given)) return false;
  if (given instanceof Blob || typeof (given as Partial<Content> | null)?.open === 'function') return true;
  const got =
    typeof given === 'string' ? 'a string' : given === null ? 'null' : `a value of type ${typeof given}`;
  throw new TypeError(`Expected an array, or one Blob with many items, got ${got}`);
}

function contentOf(file: Many): Content {
  return file instanceof Blob ? { headers: { 'content-type': file.type }, open: () => file } : file;
}

/** An input as JSON. A file of text becomes a text, any other file base64. */
async function jsonOf(input: Input): Promise<unknown> {
  if (!(input instanceof Blob)) return input;
  if (input.type.startsWith('text/')) return { text: await input.text() };
  return { file: base64Of(new Uint8Array(await input.arrayBuffer())) };
}
