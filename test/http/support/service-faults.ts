import { pngBomb } from '../../support/files/png-bomb.ts';
import { curve, dataUrl, form, glyph, points } from './bodies.ts';

const json = { 'content-type': 'application/json' };

/** A bad body, and the problem that it must get as the answer. */
export interface Fault {
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
  readonly expected?: RegExp;
  readonly got?: RegExp;
}

const example = (input: unknown) => ({ label: 'up', input });
const withExample = (input: unknown) => ({ ...points, support: [...points.support, example(input)] });
const withTarget = (target: unknown) => ({ ...curve, support: [{ input: [0], target }] });
const image = (url: string) => ({
  model: 'tiny-glyph-prototypes',
  support: [
    { label: 'a', input: dataUrl(glyph('gate', 1)) },
    { label: 'b', input: url },
  ],
});
const packed = (values: number[], shape = [values.length]) => ({
  shape,
  dtype: 'float32',
  data: Buffer.from(Float32Array.from(values).buffer).toString('base64'),
});
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    label: i.toString(36),
    input: [0, 0],
  }));
const bad = (rest: Partial<Fault> & { body: unknown }): Fault => ({
  status: 400,
  code: 'invalid_request',
  ...rest,
});
const input = (body: unknown, pointer: string, expected: RegExp, got: RegExp): Fault =>
  bad({ body, code: 'invalid_input', pointer, expected, got });

export const adaptFaults: Record<string, Fault> = {
  'a wrong shape': input(withExample([1]), '/support/3/input', /array of 2.*\[2\]/, /array of 1/),
  'a shape too deep': input(withExample([1, [2]]), '/support/3/input/1', /finite/, /array of 1/),
  'NaN, as JSON writes it': input(withExample([1, null]), '/support/3/input/1', /finite/, /null/),
  'NaN in a packed tensor': input(
    withExample(packed([1, Number.NaN])),
    '/support/3/input/data',
    /finite/,
    /NaN/,
  ),
  'infinity in a packed tensor': input(
    withExample(packed([1, -Infinity])),
    '/support/3/input/data',
    /finite/,
    /-Infinity/,
  ),
  'a number beyond float32': input(withExample([1, 1e300]), '/support/3/input/1', /finite/, /1e\+300/),
  'a numeral in quotes': input(withExample(['1', 2]), '/support/3/input/0', /finite/, /"1"/),
  'a packed tensor of another shape': input(
    withExample(packed([1, 2], [1, 2])),
    '/support/3/input/shape',
    /\[2\]/,
    /\[1, 2\]/,
  ),
  'a target of the wrong shape': input(withTarget([1, 2]), '/support/0/target', /array of 1/, /array of 2/),
  'a target that is no number': input(withTarget([null]), '/support/0/target/0', /finite/, /null/),
  'an image for a package of numbers': input(
    withExample(dataUrl(glyph('gate', 1))),
    '/support/3/input',
    /shape \[2\]/,
    /a picture/,
  ),
  'a data URL that is not base64': input(
    image('data:image/png;base64,a*b='),
    '/support/1/input',
    /base64/,
    /a\*b=/,
  ),
  'a text for an image': bad({
    body: image('hello'),
    code: 'invalid_input',
    pointer: '/support/1/input',
    expected: /data URL/,
    got: /"hello"/,
  }),
  'a file that is no image': bad({
    body: image(dataUrl(Buffer.from('hello'))),
    code: 'invalid_image',
    pointer: '/support/1/input',
    expected: /PNG, JPEG or WebP/,
    got: /5 bytes/,
  }),
  'a PNG bomb': bad({
    body: image(dataUrl(pngBomb(60_000, 60_000))),
    code: 'invalid_image',
    pointer: '/support/1/input',
    expected: /16777216 pixels/,
    got: /60000 × 60000/,
  }),
  'one class only': bad({
    body: { ...points, support: points.support.slice(0, 2) },
    status: 422,
    code: 'unlearnable_support_set',
    pointer: '/support',
    expected: /2 classes/,
    got: /1 class/,
  }),
  'an empty support set': bad({
    body: { ...points, support: [] },
    code: 'invalid_support_set',
    pointer: '/support',
    expected: /at least 1/,
    got: /none/,
  }),
  'more classes than the package takes': bad({
    body: { ...points, support: many(21) },
    code: 'invalid_support_set',
    pointer: '/support',
    expected: /to 20 classes/,
    got: /21/,
  }),
  'fifty thousand classes': bad({
    body: { ...points, support: many(50_000) },
    pointer: '/support',
    expected: /at most 10000 items/,
    got: /array of 50000/,
  }),
  'no label': bad({
    body: { ...points, support: [{ input: [0, 0] }] },
    code: 'invalid_support_set',
    pointer: '/support/0/label',
    expected: /label/,
    got: /none/,
  }),
  'an empty label': bad({
    body: { ...points, support: [{ label: '', input: [0, 0] }] },
    pointer: '/support/0/label',
    expected: /at least 1/,
    got: /""/,
  }),
  'a label for regression': bad({
    body: { ...curve, support: [{ label: 'a', input: [0] }] },
    code: 'invalid_support_set',
    pointer: '/support/0/label',
    expected: /target/,
    got: /label/,
  }),
  'an unknown package': bad({
    body: { ...points, model: 'nope' },
    status: 404,
    code: 'model_not_found',
    pointer: '/model',
    expected: /tiny-curve/,
    got: /nope/,
  }),
  'no package for a new task': bad({ body: { support: points.support }, code: 'model_required' }),
  'steps beyond the package': bad({
    body: { ...points, settings: { steps: 9 } },
    code: 'invalid_settings',
    pointer: '/settings/steps',
    expected: /from 0 to 0/,
    got: /9/,
  }),
  'half a step': bad({
    body: { ...points, settings: { steps: 0.5 } },
    pointer: '/settings/steps',
    expected: /an integer/,
    got: /0.5/,
  }),
  'an unknown member': bad({
    body: { ...points, modle: 'x' },
    pointer: '/modle',
    expected: /one of model, support/,
    got: /"modle"/,
  }),
  'an unknown member of an example': bad({
    body: { ...points, support: [{ labels: 'a', input: [0, 0] }] },
    pointer: '/support/0/labels',
    expected: /one of input, label, target/,
    got: /"labels"/,
  }),
  'an unknown mode': bad({
    body: { ...points, mode: 'merge' },
    pointer: '/mode',
    expected: /replace, append/,
    got: /"merge"/,
  }),
  'metadata that is no text': bad({
    body: { ...points, metadata: { n: 1 } },
    pointer: '/metadata/n',
    expected: /a string/,
    got: /1/,
  }),
  'malformed JSON': bad({ body: '{"model":', headers: json, expected: /JSON/ }),
  'a prototype in JSON': bad({ body: '{"__proto__":{}}', headers: json, expected: /JSON/ }),
  'NaN as text in JSON': bad({
    body: '{"support":[{"label":"a","input":[NaN,0]}]}',
    headers: json,
    expected: /JSON/,
  }),
  'an empty JSON body': bad({ body: '', headers: json }),
  'a list for a body': bad({ body: [1], pointer: '', expected: /an object/, got: /an array of 1/ }),
  'another media type': bad({
    body: 'support',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'unsupported_media_type',
    expected: /curl: -H 'content-type: application\/json'\), multipart/,
    got: /^text\/plain$/,
  }),
  'a member of another name than it has': bad({
    body: { examples: [] },
    pointer: '/support',
    expected: /a value/,
    got: /nothing, but an unknown "examples"/,
  }),
  'a form without a boundary': bad({
    body: 'x',
    headers: { 'content-type': 'multipart/form-data' },
    expected: /multipart/,
  }),
  'a form cut short': bad({
    body: form([['a', glyph('gate', 1)]]).payload.subarray(0, 150),
    headers: form([]).headers,
    expected: /multipart/,
  }),
  'a form of text': bad({
    body: '--frontier\r\nContent-Disposition: form-data; name="model"\r\n\r\nx\r\n--frontier--\r\n',
    headers: form([]).headers,
    expected: /model in the query/,
    got: /text/,
  }),
  'a form of no parts': bad({ body: '--frontier--\r\n', headers: form([]).headers, code: 'model_required' }),
};

export const predictFaults: Record<string, Fault> = {
  'no inputs': bad({ body: { inputs: [] }, pointer: '/inputs', expected: /at least 1/, got: /array of 0/ }),
  'a wrong shape': input(
    {
      inputs: [
        [1, 2],
        [1, 2, 3],
      ],
    },
    '/inputs/1',
    /array of 2/,
    /array of 3/,
  ),
  'NaN, as JSON writes it': input({ inputs: [[1, null]] }, '/inputs/0/1', /finite/, /null/),
  'a missing member': bad({ body: {}, pointer: '/inputs', expected: /a value/, got: /nothing/ }),
  'an unknown member': bad({
    body: { inputs: [[1, 2]], task: 'x' },
    pointer: '/task',
    expected: /one of inputs/,
  }),
  'an unknown dtype': input(
    { inputs: [{ shape: [2], dtype: 'int3', data: '' }] },
    '/inputs/0/dtype',
    /float32/,
    /"int3"/,
  ),
  'a packed tensor without data': input(
    { inputs: [{ shape: [2], dtype: 'uint8' }] },
    '/inputs/0/data',
    /base64/,
    /nothing/,
  ),
  'a packed tensor of too few bytes': input(
    { inputs: [{ shape: [2], dtype: 'float32', data: 'AAAA' }] },
    '/inputs/0/data',
    /8 bytes/,
    /3 bytes/,
  ),
  'malformed JSON': bad({ body: '[', headers: json, expected: /JSON/ }),
};
