import { beforeAll, describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const post = (url: string, type: string, payload: string | Buffer, headers: object = {}) =>
  http.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': type, prefer: 'wait=20', ...headers },
  });
const lines = (...values: readonly unknown[]) => values.map((each) => JSON.stringify(each)).join('\n');
const examples = lines(...points.support);
const NDJSON = 'application/x-ndjson';

beforeAll(async () => {
  await post('/tasks/points/adapt?model=tiny-prototypes', NDJSON, examples);
});

describe('lines of JSON', () => {
  it('are the same adaptation as in a JSON body', async () => {
    const url = '/tasks/same/adapt?model=tiny-prototypes';
    const first = await post(url, NDJSON, `${examples}\n\n`);
    expect(first.json()).toMatchObject({ status: 'succeeded', warnings: [] });
    const second = await http.app.inject({ method: 'POST', url: '/tasks/same/adapt', payload: points });
    expect(second.json().id).toBe(first.json().id);
  });

  it.each(['application/ndjson', 'application/jsonl', 'application/x-jsonlines', `${NDJSON}; charset=utf-8`])(
    'may be %s',
    async (type) => {
      const answer = await post('/tasks/points/predict', type, lines([-1, 0], [1, 0]));
      expect(answer.json().predictions).toMatchObject([{ label: 'left' }, { label: 'right', warnings: [] }]);
    },
  );

  it.each([
    [
      'that is not an example',
      lines(points.support[0], { label: 'a' }),
      'invalid_request',
      /\/support\/1\/input, got nothing \(line 2\)/,
    ],
    [
      'with an unknown member',
      `\n${lines({ ...points.support[0], lable: 'a' })}`,
      'invalid_request',
      /one of input, .*\(line 2\)/,
    ],
    [
      'of other numbers',
      lines(points.support[0], { label: 'a', input: [1] }),
      'invalid_input',
      /\/support\/1\/input, got an array of 1 \(line 2\)/,
    ],
    ['without a label', lines({ input: [1, 2] }), 'invalid_support_set', /a label .*\(line 1\)/],
    ['that is not JSON', `${examples}\n{`, 'invalid_input', /in line 4/],
    ['that is half a character', `${examples}\n"\\ud800"`, 'invalid_input', /line 4, got a lone surrogate/],
  ])('%s are refused with their line', async (_what, body, code, detail) => {
    const answer = await post('/tasks/no-lines/adapt?model=tiny-prototypes', NDJSON, body);
    expect(answer.json()).toMatchObject({ status: 400, code });
    expect(answer.json().detail).toMatch(detail);
    expect((await http.app.inject({ url: '/tasks/no-lines' })).statusCode).toBe(404);
  });

  it('are rows with ?target=, and rows need a package that reads them', async () => {
    const body = lines({ x: 1, y: 2, side: 'left' }, { x: 1, y: 2, side: 'right' });
    const answer = await post('/tasks/rows/adapt?model=tiny-prototypes&target=side', NDJSON, body);
    expect(answer.json()).toMatchObject({
      code: 'invalid_input',
      pointer: '/support/0/input',
      got: 'a row of a table',
    });
  });

  it.each([
    ['an array', lines([1, 2]), /an object with a member for each column in line 1/],
    [
      'an object in a cell',
      lines({ a: 1, side: 'l' }, { a: {}, side: 'l' }),
      /a number, a text.* for "a" in line 2/,
    ],
  ])('with ?target= are refused as %s', async (_what, body, detail) => {
    const answer = await post('/tasks/rows/adapt?model=tiny-prototypes&target=side', NDJSON, body);
    expect(answer.json().detail).toMatch(detail);
  });
});

describe('CSV', () => {
  const csv = 'x,y,side\n1,2,left\n3,4,right\n';

  it.each([
    ['no column', '', csv, /the column of the labels .*\?target=.*one of x, y, side, got none/],
    ['another column', '&target=sid', csv, /one of x, y, side, got "sid"/],
    ['a row that is too short', '&target=side', 'x,y,side\n1,2,left\n3,4\n', /3 cells.* line 3, got 2/],
    ['a quote that is open', '&target=side', 'x,y,side\n1,"2,left\n', /a closing quote/],
    ['UTF-16', '&target=side', Buffer.from(`\ufeff${csv}`, 'utf16le'), /UTF-16: save it as "CSV UTF-8"/],
    [
      'Windows-1252',
      '&target=side',
      Buffer.from('x,side\n1,\xe9t\xe9\n', 'latin1'),
      /line 2, .*Windows-1252/,
    ],
    ['no rows', '&target=side', 'x,y,side\n', /rows after the header/],
    ['a package of numbers', '&target=side', csv, /reads numbers of shape \[2\]; got a row .*\(line 2\)$/],
  ])('is refused with %s', async (_what, query, body, detail) => {
    const answer = await post(`/tasks/no-table/adapt?model=tiny-prototypes${query}`, 'text/csv', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(detail);
    expect((await http.app.inject({ url: '/tasks/no-table' })).statusCode).toBe(404);
  });

  it('may have tabs between its columns, and say so', async () => {
    const type = 'text/tab-separated-values; charset=utf-8';
    const tsv = csv.replaceAll(',', '\t');
    const answer = await post('/tasks/no-table/adapt?model=tiny-prototypes&target=sid', type, tsv);
    expect(answer.json().detail).toMatch(/one of x, y, side, got "sid"/);
  });

  it('is refused in another charset', async () => {
    const answer = await post('/tasks/x/adapt?target=side', 'text/csv; charset=windows-1252', csv);
    expect(answer.json()).toMatchObject({ status: 415, got: 'charset=windows-1252' });
  });

  it.each([
    ['JSON', 'application/json', JSON.stringify(points)],
    [
      'a form',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
    ],
  ])('alone has a target: %s is refused with one', async (_what, type, body) => {
    const answer = await post('/tasks/x/adapt?model=tiny-prototypes&target=side', type, body);
    expect(answer.json()).toMatchObject({ status: 400, got: 'target=side' });
  });

  it.each(['text/csv', NDJSON, 'application/zip'])(
    'and other bodies (%s) are refused by calls that only take JSON',
    async (type) => {
      const answer = await http.app.inject({
        method: 'PUT',
        url: '/tasks/x',
        payload: 'x,y\n1,2\n',
        headers: { 'content-type': type },
      });
      expect(answer.json()).toMatchObject({ status: 415, expected: 'a body of application/json' });
    },
  );
});

describe('predictions as CSV', () => {
  const ask = async (
    accept: string,
    inputs: unknown[] = [
      [-1, 0],
      [1, 0],
    ],
  ) =>
    http.app.inject({
      method: 'POST',
      url: '/tasks/points/predict',
      payload: { inputs },
      headers: { accept },
    });

  it('have a row per input', async () => {
    const answer = await ask('text/csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, first, second, ...rest] = answer.body.split('\r\n');
    expect(header).toBe('label,probability:left,probability:right,novelty,warnings');
    expect(first).toMatch(/^left,0\.\d+,[\d.e-]+,[\d.e-]*,$/);
    expect(second).toMatch(/^right,/);
    expect(rest).toEqual(['']);
  });

  it.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['application/json, text/csv;q=0.9', 'application/json'],
    ['text/csv;q=0.5, */*', 'application/json'],
    ['text/csv;q=0', 'application/json'],
    ['text/html, */*;q=0.8', 'application/json'],
    ['text/*;q=0.5, application/json', 'application/json'],
    ['TEXT/CSV', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/*, application/json;q=0.1', 'text/csv'],
    ['application/json;q=0.1, */*', 'text/csv'],
    ['application/json;q=0.5, text/csv', 'text/csv'],
  ])('are given for Accept: %s as %s', async (accept, type) => {
    expect((await ask(accept)).headers['content-type']).toContain(type);
  });

  it('escape labels that a spreadsheet would run', async () => {
    const support = [
      { label: '=1+1', input: [0, 0] },
      { label: '@x', input: [5, 5] },
    ];
    await http.app.inject({
      method: 'POST',
      url: '/tasks/formulas/adapt',
      payload: { model: 'tiny-prototypes', support },
      headers: { prefer: 'wait=20' },
    });
    const answer = await http.app.inject({
      method: 'POST',
      url: '/tasks/formulas/predict',
      payload: { inputs: [[0, 0]] },
      headers: { accept: 'text/csv' },
    });
    expect(answer.body).toMatch(/\r\n'=1\+1,/);
  });

  it('have the value of a regression', async () => {
    const support = [
      { input: [0], target: [0] },
      { input: [1], target: [1] },
    ];
    await http.app.inject({
      method: 'POST',
      url: '/tasks/line/adapt',
      payload: { model: 'tiny-curve', support },
      headers: { prefer: 'wait=20' },
    });
    const answer = await http.app.inject({
      method: 'POST',
      url: '/tasks/line/predict',
      payload: { inputs: [[0], [1]] },
      headers: { accept: 'text/csv' },
    });
    expect(answer.body).toMatch(/^value,novelty,warnings\r\n\[-?[\d.e-]+\],,\r\n\[/);
  });
});
