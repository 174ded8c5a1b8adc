import { wavOf } from '../../adapters/audio/wav.ts';
import { zip } from '../../support/files/zip-writer.ts';
import { glyph } from './bodies.ts';

export interface Body {
  readonly payload: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** A request in one of the forms that an input can have. The model is chosen by the kind of the examples. */
export interface ContentRequest {
  readonly name: string;
  /** The model that `auto` chooses. */
  readonly model: string;
  /** Examples of two labels. */
  readonly adapt: Body;
  /** Other examples. */
  readonly other: Body;
  /** Asks for the first example again. */
  readonly predict: Body;
  readonly label: string;
}

/** A field of a form: with a file name, it is a file. */
export interface Field {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly filename?: string;
  readonly type?: string;
}

const BOUNDARY = 'frontier';

/** A form as `curl -F` sends it. */
export function formOf(fields: readonly Field[], boundary = BOUNDARY): Body {
  const parts = fields.flatMap(({ name, content, filename, type }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(filename === undefined ? '' : `; filename="${filename}"`),
    Buffer.from(type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** A tone in a WAV file of a quarter of a second. The tiny encoder tells loudness apart, and not frequencies. */
export function tone(hertz: number): Buffer {
  const rate = 16_000;
  const samples = Array.from(
    { length: rate / 4 },
    (_, i) => (hertz / 4000) * Math.sin((2 * Math.PI * hertz * i) / rate),
  );
  return wavOf([samples], { rate });
}

const typed = (type: string, payload: Buffer | string, query?: string): Body => ({
  payload,
  headers: { 'content-type': type },
  ...(query !== undefined && { query }),
});
const picture = (name: string, content: Uint8Array): Field => ({
  name,
  content,
  filename: `${name}.png`,
  type: 'image/png',
});
const sound = (name: string, content: Uint8Array): Field => ({
  name,
  content,
  filename: `${name}.wav`,
  type: 'audio/wav',
});
const text = (name: string, content: string): Field => ({ name, content });
const lines = (...values: readonly unknown[]) => values.map((each) => JSON.stringify(each)).join('\n');
const table = (...rows: readonly string[]) => typed('text/csv', rows.join('\r\n'), 'target=plan');
const dataUrl = (type: string, file: Uint8Array) =>
  `data:${type};base64,${Buffer.from(file).toString('base64')}`;
const json = (support: readonly { readonly label: string; readonly input: unknown }[]) =>
  typed('application/json', JSON.stringify({ support }));

export const contentRequests: readonly ContentRequest[] = [
  {
    name: 'pictures in a form',
    model: 'photos',
    adapt: formOf([picture('gate', glyph('gate', 1)), picture('knot', glyph('knot', 1))]),
    other: formOf([picture('gate', glyph('gate', 2)), picture('knot', glyph('knot', 1))]),
    predict: formOf([picture('photo', glyph('gate', 1))]),
    label: 'gate',
  },
  {
    name: 'sounds in a form',
    model: 'speech',
    adapt: formOf([sound('low', tone(220)), sound('high', tone(1760))]),
    other: formOf([sound('low', tone(220)), sound('high', tone(1800))]),
    predict: formOf([sound('word', tone(220))]),
    label: 'low',
  },
  {
    name: 'texts in a form',
    model: 'text',
    adapt: formOf([text('card_lost', 'I lost my card'), text('balance', 'How much do I have?')]),
    other: formOf([text('card_lost', 'I lost my keys'), text('balance', 'How much do I have?')]),
    predict: formOf([text('request', 'I lost my card')]),
    label: 'card_lost',
  },
  {
    name: 'a table of columns',
    model: 'rows',
    adapt: table('age,city,plan', '31,Rome,basic', '62,Oslo,full', '28,Rome,basic', '70,Oslo,full'),
    other: table('age,city,plan', '31,Rome,basic', '62,Oslo,full', '28,Rome,basic', '71,Oslo,full'),
    predict: typed('text/csv', 'age,city\r\n30,Rome'),
    label: 'basic',
  },
  {
    name: 'an archive of class folders',
    model: 'photos',
    adapt: typed('application/zip', zip({ 'gate/1.png': glyph('gate', 1), 'knot/1.png': glyph('knot', 1) })),
    other: typed('application/zip', zip({ 'gate/1.png': glyph('gate', 2), 'knot/1.png': glyph('knot', 1) })),
    predict: typed('application/zip', zip({ 'photo.png': glyph('gate', 1) })),
    label: 'gate',
  },
  {
    name: 'lines of JSON with texts',
    model: 'text',
    adapt: typed(
      'application/x-ndjson',
      lines({ label: 'yes', input: 'of course' }, { label: 'no', input: 'never again' }),
    ),
    other: typed(
      'application/x-ndjson',
      lines({ label: 'yes', input: 'of course' }, { label: 'no', input: 'never ever' }),
    ),
    predict: typed('application/x-ndjson', lines('of course')),
    label: 'yes',
  },
  {
    name: 'JSON with data URLs of sounds',
    model: 'speech',
    adapt: json([
      { label: 'low', input: dataUrl('audio/wav', tone(220)) },
      { label: 'high', input: dataUrl('audio/wav', tone(1760)) },
    ]),
    other: json([
      { label: 'low', input: dataUrl('audio/wav', tone(230)) },
      { label: 'high', input: dataUrl('audio/wav', tone(1760)) },
    ]),
    predict: typed('application/json', JSON.stringify({ inputs: [dataUrl('audio/wav', tone(220))] })),
    label: 'low',
  },
];
