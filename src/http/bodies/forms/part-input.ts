import { MAX_LABEL_LENGTH } from '../../../domain/labels.ts';
import { InnerloopError } from '../../../errors.ts';
import { decodeBase64 } from '../../../service/inputs/files.ts';
import type { RawInput } from '../../../service/inputs/raw-input.ts';
import { notJson } from '../json.ts';
import { type BodyKind, bodyKinds, kindOfBody } from '../kinds.ts';
import { decodeUtf8, requireSameInUtf8 } from '../utf8.ts';
import type { Part } from './multipart-parser.ts';
import { describePart, type PartName } from './part-name.ts';

export interface PartOptions {
  /** Parses JSON from bytes. @throws InnerloopError */
  readonly parseJson: (bytes: Buffer) => Promise<unknown>;
  /** The names of the options of the call. They go in the query, so no text can have such a name. */
  readonly options: readonly string[];
}

/**
 * The input in a part: a file (`curl -F yes=@word.wav`), a text (`-F yes='I lost my card'`), or JSON if its media type says so
 * (`-F 'yes={"age": 3};type=application/json'`), also in a file.
 * @throws InnerloopError `invalid_request`, or `unsupported_media_type` for text in another charset than UTF-8
 */
export async function inputOfPart(
  part: Part,
  partName: PartName,
  number: number,
  { parseJson, options }: PartOptions,
): Promise<RawInput> {
  const { name } = partName;
  const body = bytesOfPart(part, partName, number);
  const type = part.headers['content-type'];
  const many = manyInputs.find((each) => hasMany(each, type, partName));
  if (many) throw manyRefused(many, describePart(partName, number));
  const place = name ? JSON.stringify(name.slice(0, MAX_LABEL_LENGTH)) : `part ${number + 1}`;
  const isJson = /^application\/json/i.test(type ?? '');
  const isNamedFile = partName.filename !== undefined;
  if (isJson || !isNamedFile) requireSameInUtf8(type, body, `${place} of the form`);
  if (!isJson && isFile(type, body, partName)) return { kind: 'file', file: body };
  if (!isNamedFile && name !== undefined && options.includes(name)) throw optionRefused(name);
  if (isJson) {
    const value = await parseJson(body).catch((error: unknown) => {
      throw error instanceof InnerloopError ? error : noJson(place, error);
    });
    return { kind: 'json', value };
  }
  return { kind: 'text', text: decodeUtf8(body, `the text of ${place} in the form`) };
}

function bytesOfPart({ headers, body }: Part, partName: PartName, number: number): Buffer {
  const encoding = headers['content-transfer-encoding']?.toLowerCase() ?? 'binary';
  const place = describePart(partName, number);
  if (['binary', '8bit', '7bit'].includes(encoding)) return body;
  if (encoding === 'base64') return Buffer.from(decodeBase64(body.toString('latin1'), '', `base64${place}`));
  const expected = 'a part in binary or in base64';
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${encoding.slice(0, 40)}${place}`, {
    expected,
    got: encoding.slice(0, 40),
  });
}

/**
 * A part is a file if it has a filename or the media type of a file. Some clients send a file with neither. Then look for a
 * zero byte: text has none, and nearly every picture and sound has one.
 */
function isFile(type: string | undefined, body: Buffer, { filename }: PartName): boolean {
  if (filename !== undefined) return true;
  if (type !== undefined && !/^(text\/|application\/x-www-form-urlencoded)/i.test(type)) return true;
  return body.includes(0);
}

/** A format of files with many inputs. */
interface ManyInputs {
  readonly kind: BodyKind;
  readonly filename: RegExp;
  /** What to send, for the error. */
  readonly expected: string;
}

/** A part is one input, so such a file would become one text. */
const manyInputs: readonly ManyInputs[] = [
  { kind: bodyKinds.csv, filename: /\.(csv|tsv|xlsx?)$/i, expected: 'a table in CSV' },
  { kind: bodyKinds.ndjson, filename: /\.(ndjson|jsonl|jsonlines)$/i, expected: 'lines of JSON' },
  { kind: bodyKinds.archive, filename: /\.zip$/i, expected: 'a zip archive' },
];

const hasMany = ({ kind, filename }: ManyInputs, type: string | undefined, part: PartName): boolean =>
  kindOfBody(type) === kind || filename.test(part.filename ?? '');

function manyRefused({ kind, expected: what }: ManyInputs, place: string): InnerloopError {
  const expected = `${what} as the whole body (curl: -H 'content-type: ${kind.types[0]}' --data-binary @file)`;
  const got = 'a part of a form';
  return new InnerloopError('invalid_input', `Expected ${expected}, got ${got}${place}`, { expected, got });
}

function noJson(place: string, cause: unknown): InnerloopError {
  const expected = `JSON in ${place} of the form`;
  const got = cause instanceof Error ? notJson(cause) : 'text that is not JSON';
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got, cause });
}

function optionRefused(name: string): InnerloopError {
  const expected = `${name} in the query (?${name}=…)`;
  const got = `text in the field ${JSON.stringify(name)} of the form`;
  const message = `Expected ${expected}, got ${got}: a field is an input. Settings, and examples with this label, need a JSON body`;
  return new InnerloopError('invalid_request', message, { expected, got });
}
