import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { zip } from '../../support/files/zip-writer.ts';
import { dataUrl, form, glyph } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ limits: { ...defaultLimits, fileBytes: 2 ** 20, formBytes: 2 ** 22 } });
const post = (url: string, payload: Buffer, type = 'application/zip') =>
  http.app.inject({ method: 'POST', url, payload, headers: { 'content-type': type, prefer: 'wait=20' } });
const [gate, knot] = [glyph('gate', 1), glyph('knot', 1)];
const adaptUrl = '/tasks/archive/adapt?model=tiny-glyph-prototypes';

describe('an archive of class folders', () => {
  it('is the same adaptation as a form with these labels', async () => {
    const payload = zip({
      'signs/gate/1.png': gate,
      'signs/knot/1.png': knot,
      '__MACOSX/x': Buffer.from('x'),
    });
    const answer = await post(adaptUrl, payload);
    expect(answer.json().support).toMatchObject({ labels: { gate: 1, knot: 1 } });
    const same = await http.app.inject({
      method: 'POST',
      url: adaptUrl,
      ...form([
        ['gate', gate],
        ['knot', knot],
      ]),
    });
    expect(same.json().id).toBe(answer.json().id);
    expect((await post(adaptUrl, payload, 'application/x-zip-compressed')).json().id).toBe(answer.json().id);
  });

  it('can be predicted for, and each prediction has the name of its file', async () => {
    const answer = await post('/tasks/archive/predict', zip({ 'a/one.png': knot, 'two.png': gate }));
    expect(answer.json().predictions).toMatchObject([
      { filename: 'a/one.png', label: 'knot', warnings: [] },
      { filename: 'two.png', label: 'gate' },
    ]);
  });

  it.each([
    [
      'a file that is not a picture',
      zip({ 'gate/1.png': gate, 'knot/2.png': Buffer.from('hello') }),
      400,
      /\/support\/1\/input, .*\(knot\/2\.png\)$/,
    ],
    ['a file in no folder', zip({ 'gate/1.png': gate, 'x.png': knot }), 400, /in a folder .*"x\.png"/],
    ['a path that leads out', zip({ '../gate/1.png': gate }), 400, /zip archive/],
    ['an archive within', zip({ 'gate/1.zip': zip({ a: gate }) }), 400, /an archive within the archive/],
    [
      'a file beyond its limit',
      zip({ 'gate/1.png': Buffer.alloc(2 ** 20 + 1) }),
      413,
      /files of at most 1048576 bytes.*gate\/1\.png/,
    ],
    ['nothing in it', zip({}), 400, /a folder with files for each label/],
    ['other bytes', Buffer.from('PK hello'), 400, /a zip archive/],
    ['a size beyond the limit', zip({ 'gate/1.png': Buffer.alloc(2 ** 22) }), 413, /at most/],
  ])('with %s is refused, and changes nothing', async (_what, payload, status, detail) => {
    const answer = await post('/tasks/refused/adapt?model=tiny-glyph-prototypes', payload);
    expect(answer.json()).toMatchObject({ status });
    expect(answer.json().detail).toMatch(detail);
    expect((await http.app.inject({ url: '/tasks/refused' })).statusCode).toBe(404);
  });
});

describe('a form', () => {
  it('answers with the field and the filename of each input', async () => {
    await post(adaptUrl, zip({ 'gate/1.png': gate, 'knot/1.png': knot }));
    const answer = await http.app.inject({
      method: 'POST',
      url: '/tasks/archive/predict',
      ...form([
        ['first', knot],
        ['second', gate],
      ]),
    });
    expect(answer.json().predictions).toMatchObject([
      { field: 'first', filename: 'a.png', label: 'knot' },
      { field: 'second', filename: 'a.png', label: 'gate' },
    ]);
    const json = await http.app.inject({
      method: 'POST',
      url: '/tasks/archive/predict',
      payload: { inputs: [dataUrl(knot), { file: knot.toString('base64') }] },
    });
    expect(json.json().predictions.map((each: object) => Object.keys(each).sort())).toEqual([
      ['label', 'novelty', 'probabilities', 'warnings'],
      ['label', 'novelty', 'probabilities', 'warnings'],
    ]);
  });
});

describe('auto', () => {
  it.each([
    [
      'numbers',
      {
        support: [
          { label: 'a', input: [[1]] },
          { label: 'b', input: [[2]] },
        ],
      },
      'numbers',
    ],
    [
      'pictures where no package serves them',
      { model: 'auto', support: [{ label: 'a', input: dataUrl(gate) }] },
      'pictures',
    ],
    ['texts where none does', { model: 'auto', support: [{ label: 'a', input: 'AAAA' }] }, 'text'],
    ['no examples', { model: 'auto', support: [] }, 'none'],
  ])('says which package is missing for %s', async (_what, payload, got) => {
    const answer = await http.app.inject({ method: 'POST', url: '/tasks/auto/adapt', payload });
    expect(answer.json()).toMatchObject({ status: 400, code: 'model_required', got });
  });

  it('is kept by PUT until examples choose a package', async () => {
    const put = (body: object) => http.app.inject({ method: 'PUT', url: '/tasks/open', payload: body });
    expect((await put({ model: 'auto' })).json()).toMatchObject({ model: 'auto', current: null });
    const support = [
      { label: 'a', input: dataUrl(gate) },
      { label: 'b', input: dataUrl(knot) },
    ];
    const adapted = await http.app.inject({
      method: 'POST',
      url: '/tasks/open/adapt',
      payload: { model: 'tiny-glyph-prototypes', support },
    });
    expect(adapted.statusCode).toBeLessThan(300);
    expect((await put({ model: 'auto' })).json().model).toBe('tiny-glyph-prototypes');
    expect((await put({ model: 'tiny-curve' })).json().code).toBe('model_conflict');
    const again = await http.app.inject({
      method: 'POST',
      url: '/tasks/open/adapt',
      payload: { model: 'auto', support },
    });
    expect(again.json().model).toBe('tiny-glyph-prototypes@1.0.0');
  });
});
