import { type Call, contentOf, headersOf, urlOf } from '../api/call.ts';

export const LANGUAGES = ['curl', 'TypeScript', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Place {
  /** The address of the API, with a slash at the end. */
  readonly base: string;
  /** Whether the call needs a key. It is printed as the variable `KEY`, never itself. */
  readonly withKey: boolean;
}

/** Prints a call as a command or a program that makes the same call. */
export const snippetOf: Readonly<Record<Language, (call: Call, place: Place) => string>> = {
  curl(call, { base, withKey }) {
    const headers = Object.entries(headersOf(call)).map(([name, value]) => shellQuoted(`${name}: ${value}`));
    if (withKey) headers.unshift('"Authorization: Bearer $KEY"');
    const body = contentOf(call);
    const method = call.method === (body === undefined ? 'GET' : 'POST') ? [] : [`-X ${call.method}`];
    const options = [...method, ...headers.map((each) => `-H ${each}`)];
    const url = shellQuoted(base + urlOf(call));
    if (body === undefined) return ['curl', ...options, url].join(' ');
    // The body is in a here-document, because an argument may have at most 128 kB.
    const end = delimiterFor(body);
    return `${['curl', ...options, '--data-binary @-', url].join(' ')} <<'${end}'\n${body.replace(/\n$/, '')}\n${end}`;
  },

  TypeScript(call, { base, withKey }) {
    const headers = Object.entries(headersOf(call)).map(([name, value]) => `'${name}': ${quoted(value)}`);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program
    if (withKey) headers.unshift('Authorization: `Bearer ${process.env.KEY}`');
    const { body } = call;
    const options = [
      ...(call.method === 'GET' ? [] : [`method: '${call.method}'`]),
      ...(headers.length === 0 ? [] : [`headers: { ${headers.join(', ')} }`]),
      ...(body === undefined
        ? []
        : [
            'json' in body
              ? `body: JSON.stringify(${JSON.stringify(body.json)})`
              : `body: ${quoted(body.text)}`,
          ]),
    ];
    const given = options.length === 0 ? '' : `, {\n${options.map((each) => `  ${each},\n`).join('')}}`;
    return `const answer = await fetch(${quoted(base + urlOf(call))}${given});\nconsole.log(await answer.${reader(call)});`;
  },

  Python(call, { base, withKey }) {
    const { body } = call;
    const headers = Object.entries(headersOf('json' in (body ?? {}) ? withoutBody(call) : call)).map(
      ([name, value]) => `${quoted(name)}: ${quoted(value)}`,
    );
    if (withKey) headers.unshift(`"Authorization": f"Bearer {os.environ['KEY']}"`);
    const options = [
      ...(headers.length === 0 ? [] : [`headers={${headers.join(', ')}}`]),
      ...(body === undefined
        ? []
        : ['json' in body ? `json=${pythonOf(body.json)}` : `data=${quoted(body.text)}.encode()`]),
    ];
    const given = options.map((each) => `    ${each},\n`).join('');
    const imports = withKey ? 'import os\n\nimport requests' : 'import requests';
    return `${imports}\n\nanswer = requests.${call.method.toLowerCase()}(\n    ${quoted(base + urlOf(call))},\n${given})\nprint(answer.${call.method === 'DELETE' ? 'status_code' : isStream(call) ? 'text' : 'json()'})`;
  },
};

const isStream = ({ path }: Call) => path.endsWith('/events');
const reader = (call: Call) => (call.method === 'DELETE' || isStream(call) ? 'text()' : 'json()');
const withoutBody = ({ method, path, headers = {} }: Call): Call => ({ method, path, headers });

/** A string of TypeScript and of Python: JSON's escapes mean the same in both. */
const quoted = (text: string) => JSON.stringify(text);
const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The end of a here-document whose text has no such line. */
function delimiterFor(body: string): string {
  const lines = new Set(body.split('\n'));
  let end = 'END';
  while (lines.has(end)) end += '_';
  return end;
}

/** A JSON value as Python writes it. */
export function pythonOf(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `${quoted(name)}: ${pythonOf(each)}`);
  return `{${members.join(', ')}}`;
}

/** Shortens files in base64, to show a snippet. What is copied is whole. */
export function shortened(snippet: string): string {
  return snippet.replace(/(base64,[A-Za-z0-9+/]{12})[A-Za-z0-9+/=]{24,}/g, '$1…');
}
