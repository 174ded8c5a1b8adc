import { MAX_LABEL_LENGTH } from '../../../domain/labels.ts';
import { decodeUtf8 } from '../utf8.ts';
import { malformed, type Part } from './multipart-parser.ts';

/** The names in the headers of a part. */
export interface PartName {
  /** The name of the form field. In a form of examples, it is the label. */
  readonly name?: string;
  /** The name of the file on the caller's machine. */
  readonly filename?: string;
}

/** Browsers escape only the three characters that cannot be in a quoted name. */
const ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };

/** Browsers do not escape backslashes between the quotes. */
const BROWSER_PARAMETER = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"([^"]*)"|([^\s";]*))\s*(?=;|$)/y;
/** Older clients escape a quotation mark with a backslash. */
const BACKSLASH_PARAMETER = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*))\s*(?=;|$)/y;

/**
 * Reads the name and the filename of a part; both may be missing.
 * @throws InnerloopError `invalid_request` if the header Content-Disposition is missing or malformed, has a parameter twice, or a
 * name is not UTF-8.
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export function nameOfPart(headers: Part['headers'], number: number): PartName {
  const disposition = headers['content-disposition'];
  const [type] = /^\s*form-data\s*(?=;|$)/i.exec(disposition ?? '') ?? [];
  if (disposition === undefined || type === undefined) {
    throw malformed(`a part without the header Content-Disposition: form-data (part ${number + 1})`);
  }
  const parameters =
    parametersOf(disposition, type.length, BROWSER_PARAMETER) ??
    parametersOf(disposition, type.length, BACKSLASH_PARAMETER, (text) => text.replace(/\\(["\\])/g, '$1'));
  if (!parameters) throw malformed(`a Content-Disposition that cannot be read (part ${number + 1})`);
  const keys = parameters.map(([key]) => key);
  // Refuse two labels: either could be the wrong one.
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined)
    throw malformed(`a Content-Disposition with ${repeated.slice(0, 40)} twice (part ${number + 1})`);
  const text = (name: string, what: string) => {
    const value = parameters.find(([key]) => key === name)?.[1];
    if (value === undefined) return undefined;
    const decoded = decodeUtf8(Buffer.from(value, 'latin1'), `the ${what} of part ${number + 1} of the form`);
    return decoded.replace(/%22|%0D|%0A/g, (code) => ESCAPES[code] ?? code);
  };
  const [name, filename] = [text('name', 'name'), text('filename', 'filename')];
  return { ...(name !== undefined && { name }), ...(filename !== undefined && { filename }) };
}

/** The names in lower case and values of the parameters after position `from`; null if the text there is malformed. */
function parametersOf(
  header: string,
  from: number,
  grammar: RegExp,
  withoutEscapes: (text: string) => string = (text) => text,
): readonly (readonly [string, string])[] | null {
  const parameters: [string, string][] = [];
  const rest = withoutEnd(header);
  const pattern = new RegExp(grammar);
  pattern.lastIndex = from;
  let end = from;
  for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
    const [, name = '', quoted, token = ''] = match;
    parameters.push([name.toLowerCase(), quoted === undefined ? token : withoutEscapes(quoted)]);
    end = pattern.lastIndex;
  }
  return end === rest.length ? parameters : null;
}

/** Removes semicolons and spaces at the end. A regular expression would need quadratic time for long runs of spaces. */
function withoutEnd(header: string): string {
  let end = header.length;
  while (end > 0 && /[\s;]/.test(header.charAt(end - 1))) end -= 1;
  return header.slice(0, end);
}

/** The name of a part in error messages. It is cut to the longest label, because a header can be much longer. */
export function describePart({ name, filename }: PartName, number: number): string {
  const file = filename?.slice(0, MAX_LABEL_LENGTH);
  const field = name === undefined ? undefined : JSON.stringify(name.slice(0, MAX_LABEL_LENGTH));
  if (!file && !field) return ` (part ${number + 1})`;
  return ` (${[file, field].filter((each) => each).join(' in ')})`;
}
