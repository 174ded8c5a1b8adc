import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesOfZip } from '../../../../src/files/zip.ts';
import { buildApp } from '../../../../src/http/app.ts';
import type { Service } from '../../../../src/service/service.ts';
import { zip } from '../../../support/files/zip-writer.ts';
import { curve, glyph, points } from '../../support/bodies.ts';
import { contentRequests } from '../../support/contents.ts';
import { noKeys } from '../../support/no-keys.ts';
import { startApp } from '../../support/start-app.ts';

const http = startApp({ byKind: true });
const wait = { prefer: 'wait=20' };

const post = async (url: string, payload: Buffer | string | object, headers: object = {}) =>
  (await http.app.inject({ method: 'POST', url, payload, headers: { ...wait, ...headers } })).json();
const get = (url: string) => http.app.inject({ url });
const download = (task: string, query = '') => get(`/tasks/${task}/examples/download${query}`);
const list = async (task: string) => (await get(`/tasks/${task}/examples`)).json().data;

/** Adapts a new task to what the download of `task` answers. */
async function copied(task: string, query = '', model?: string) {
  const answer = await download(task, query);
  const type = String(answer.headers['content-type']);
  const target = answer.headers['x-target'] ?? (type.startsWith('text/csv') ? 'label' : undefined);
  const asked = [...(model ? [`model=${model}`] : []), ...(target ? [`target=${target}`] : [])].join('&');
  const copy = await post(`/tasks/copy-of-${task}/adapt?${asked}`, answer.rawPayload, {
    'content-type': type,
  });
  return { type, copy };
}

describe('the download of examples', () => {
  it.each(contentRequests)('is read by adapt as the same support set: $name', async ({ name, adapt }) => {
    const task = name.replaceAll(' ', '-');
    const first = await post(`/tasks/${task}/adapt?${adapt.query ?? ''}`, adapt.payload, adapt.headers);
    const { copy } = await copied(task);
    expect(copy).toMatchObject({ status: 'succeeded', support: first.support });
    const lines = await copied(task, '?format=ndjson');
    expect(lines.type).toBe('application/x-ndjson');
    expect(lines.copy.support).toEqual(first.support);
  });

  it('is a file of the right type that browsers save and do not keep', async () => {
    const [pictures, , , rows] = contentRequests;
    for (const [task, request, type, extension] of [
      ['kept-pictures', pictures, 'application/zip', 'zip'],
      ['kept-rows', rows, 'text/csv; charset=utf-8', 'csv'],
    ] as const) {
      const { adapt } = request as NonNullable<typeof request>;
      await post(`/tasks/${task}/adapt?${adapt.query ?? ''}`, adapt.payload, adapt.headers);
      expect((await download(task)).headers).toMatchObject({
        'content-type': type,
        'content-disposition': `attachment; filename="${task}.${extension}"`,
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('has a folder for each label and files named by ids, whatever the labels are', async () => {
    const labels = ['a/b', 'a/c', 'Zoë', ' '];
    const support = labels.map((label, n) => ({
      label,
      input: glyph(n % 2 ? 'gate' : 'knot', 1 + (n >> 1)).toString('base64'),
    }));
    const first = await post('/tasks/folders/adapt', { model: 'photos', support });
    const answer = await download('folders');
    const names = (await filesOfZip(answer.rawPayload)).map(({ name }) => name);
    expect(names.map((name) => name.replace(/ex_[0-9a-f]{32}/, 'id'))).toEqual(
      labels.map((label) => `examples/${label}/id.png`),
    );
    expect((await copied('folders')).copy.support).toEqual(first.support);
  });

  it.each([['..'], ['.hidden'], ['a\\b'], ['a//b'], ['/a'], ['__MACOSX'], ['desktop.ini']])(
    'is lines of JSON where a label cannot be a folder: %s',
    async (label) => {
      const task = `odd-${Buffer.from(label).toString('hex')}`;
      const input = (n: number) => glyph('gate', n).toString('base64');
      const support = [
        { label, input: input(1) },
        { label: 'b', input: input(2) },
      ];
      const first = await post(`/tasks/${task}/adapt`, { model: 'photos', support });
      const { type, copy } = await copied(task);
      expect(type).toBe('application/x-ndjson');
      expect(copy.support).toEqual(first.support);
      expect((await download(task, '?format=zip')).json()).toMatchObject({
        status: 400,
        code: 'invalid_request',
      });
    },
  );

  it('escapes cells that a spreadsheet would run, and reads them back', async () => {
    const lines = ['name,size,plan', "'=1+1,1,'+a", '"\'@x, y",2,b', '-5,3,b', '"two\nlines",4,\'-c', ''];
    const csv = lines.join('\r\n');
    const first = await post('/tasks/formulas/adapt?target=plan', csv, { 'content-type': 'text/csv' });
    expect(first.support.labels).toEqual({ '+a': 1, '-c': 1, b: 2 });
    const { body } = await download('formulas');
    expect(body).toBe(csv.replace('plan', 'label'));
    expect((await copied('formulas')).copy.support).toEqual(first.support);
  });

  it('is lines of JSON where a table would change values, and a table on request', async () => {
    const support = [
      { label: 'a', input: { n: 1.5, on: true, name: 'x' } },
      { label: 'b', input: { n: 7, on: null, name: '' } },
    ];
    const first = await post('/tasks/typed/adapt', { model: 'rows', support });
    const { type, copy } = await copied('typed');
    expect([type, copy.support]).toEqual(['application/x-ndjson', first.support]);
    expect((await download('typed', '?format=csv')).body).toBe(
      'n,name,on,label\r\n1.5,x,true,a\r\n7,,,b\r\n',
    );
  });

  it('has the numbers of regression, beside a column of the same name', async () => {
    const support = [1, 2, 3, 4].map((n) => ({ target: n / 7, input: { x: `${n}`, target: `${n * n}` } }));
    const first = await post('/tasks/numbers/adapt', { model: 'rows-values', support });
    const answer = await download('numbers');
    expect(answer.body.split('\r\n')[0]).toBe('target,x,target_');
    const copy = await post(
      '/tasks/numbers-again/adapt?model=rows-values&target=target_',
      answer.rawPayload,
      { 'content-type': 'text/csv' },
    );
    expect(copy.support).toEqual(first.support);
    expect((await copied('numbers', '?format=ndjson', 'rows-values')).copy.support).toEqual(first.support);
  });

  it('has texts as a table on request, and refuses formats that do not suit', async () => {
    const [, , texts] = contentRequests;
    const { adapt } = texts as NonNullable<typeof texts>;
    const first = await post('/tasks/as-table/adapt', adapt.payload, adapt.headers);
    const { type, copy } = await copied('as-table', '?format=csv');
    expect([type, copy.support]).toEqual(['text/csv; charset=utf-8', first.support]);
    for (const query of ['?format=zip', '?format=xml'])
      expect((await download('as-table', query)).json()).toMatchObject({
        status: 400,
        code: 'invalid_request',
        expected: expect.any(String),
        got: expect.any(String),
      });
  });

  it('is empty before examples are sent, and 404 without the task', async () => {
    await http.app.inject({ method: 'PUT', url: '/tasks/bare', payload: { model: 'photos' } });
    const { statusCode, body } = await download('bare');
    expect([statusCode, body]).toEqual([200, '']);
    expect((await download('nowhere')).json()).toMatchObject({ status: 404, code: 'task_not_found' });
  });
});

it('the download is not made for HEAD, which only tells whether the task is there', async () => {
  await http.app.inject({ method: 'PUT', url: '/tasks/asked', payload: { model: 'photos' } });
  let made = 0;
  const service: Service = {
    ...http.service,
    async examplesToDownload(...args) {
      made += 1;
      return http.service.examplesToDownload(...args);
    },
  };
  const app = await buildApp({ service, keys: noKeys, version: '0.0.0' });
  onTestFinished(() => app.close());
  const head = async (url: string) => (await app.inject({ method: 'HEAD', url })).statusCode;
  expect(await head('/tasks/asked/examples/download')).toBe(200);
  expect(await head('/tasks/asked/examples/download?format=csv')).toBe(200);
  expect(await head('/tasks/asked/examples/download?format=xml')).toBe(400);
  expect(await head('/tasks/nowhere/examples/download')).toBe(404);
  expect(made).toBe(0);
});

describe('the content of an example', () => {
  it.each([
    ['pictures', 0, 'image/png'],
    ['sounds', 1, 'audio/wav'],
    ['texts', 2, 'text/plain; charset=utf-8'],
    ['rows', 3, 'application/json; charset=utf-8'],
  ] as const)('is a file as it is stored: %s', async (task, n, type) => {
    const { adapt } = contentRequests[n] as (typeof contentRequests)[number];
    await post(`/tasks/${task}/adapt?${adapt.query ?? ''}`, adapt.payload, adapt.headers);
    const [example] = await list(task);
    const answer = await get(`/tasks/${task}/${example.content}`);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'content-disposition': expect.stringContaining(`attachment; filename="${example.id}.`),
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.rawPayload).toHaveLength(example.size);
    expect('thumbnail' in example).toBe(task === 'pictures');
    if (task !== 'pictures')
      expect((await get(`/tasks/${task}/examples/${example.id}/thumbnail`)).statusCode).toBe(404);
  });

  it('has a thumbnail of at most 128 pixels if it is a picture', async () => {
    const wide = await sharp({ create: { width: 600, height: 120, channels: 3, background: '#c03' } })
      .composite([{ input: glyph('gate', 1), left: 0, top: 0 }])
      .png()
      .toBuffer();
    await post('/tasks/small/adapt', zip({ 'a/1.png': wide, 'b/2.png': glyph('knot', 1) }), {
      'content-type': 'application/zip',
    });
    const examples = await list('small');
    const { thumbnail } = examples.find((each: { label: string }) => each.label === 'a');
    const answer = await get(`/tasks/small/${thumbnail}`);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({
      format: 'webp',
      width: 128,
      height: 26,
    });
  });
});

describe('the download of tensors', () => {
  const plain = startApp();

  it.each([
    ['points', points],
    ['curve', curve],
  ])('is read by adapt as the same support set: %s', async (task, payload) => {
    const adapt = async (url: string, body: object | Buffer, headers: object = {}) =>
      (
        await plain.app.inject({ method: 'POST', url, payload: body, headers: { ...wait, ...headers } })
      ).json();
    const first = await adapt(`/tasks/${task}/adapt`, payload);
    const answer = await plain.app.inject({ url: `/tasks/${task}/examples/download` });
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const type = { 'content-type': 'application/x-ndjson' };
    const copy = await adapt(`/tasks/${task}-copy/adapt?model=${payload.model}`, answer.rawPayload, type);
    expect(copy).toMatchObject({ status: 'succeeded', support: first.support });
  });
});
