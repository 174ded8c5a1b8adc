import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { zip } from '../../support/files/zip-writer.ts';
import { fuzz } from '../../support/fuzz.ts';
import { glyph } from '../support/bodies.ts';
import { type Body, contentRequests, type Field, formOf } from '../support/contents.ts';
import { damaged, mostly, oddTexts } from '../support/mutations.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ byKind: true, onAdapters: true });
const nameOf = (name: string) => name.replaceAll(' ', '-');

/** The tasks to predict with and to append to. */
beforeAll(async () => {
  for (const { name, adapt } of contentRequests) {
    const answer = await send(`/tasks/${nameOf(name)}/adapt`, adapt, { prefer: 'wait=20' });
    expect(answer.json()).toMatchObject({ status: 'succeeded' });
  }
}, 60_000);

const send = (url: string, { payload, headers, query }: Body, more: object = {}) =>
  http.app.inject({
    method: 'POST',
    url: query === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
    payload,
    headers: { ...headers, ...more },
  });

/** Valid bodies with faults in their bytes, also sent as what they are not. */
const types = [
  'application/json',
  'application/x-ndjson',
  'application/zip',
  'text/csv',
  'text/csv; charset=utf-16',
  'image/png',
  'audio/wav',
  'text/plain',
  'multipart/form-data; boundary=frontier',
  'multipart/form-data',
  'application/octet-stream',
];
const broken: fc.Arbitrary<Body> = fc
  .constantFrom(...contentRequests.flatMap(({ adapt, predict }) => [adapt, predict]))
  .chain((body) =>
    fc.record({
      payload: damaged(Buffer.from(body.payload)),
      headers: fc.oneof(
        { weight: 9, arbitrary: fc.constant(body.headers) },
        { weight: 1, arbitrary: fc.constantFrom(...types).map((type) => ({ 'content-type': type })) },
      ),
      query: fc.constant(body.query ?? ''),
    }),
  );

/** Forms of good and odd parts: with or without a name, a file name, a type. */
const fields: fc.Arbitrary<Field> = fc.record(
  {
    name: fc.oneof(
      fc.constantFrom('gate', 'knot'),
      oddTexts.map((text) => text.replaceAll(/["\r\n]/g, '')),
    ),
    content: fc.oneof(
      mostly(glyph('gate', 1)),
      fc.constantFrom('I lost my card', '[1, 2]', '{"age": 3}'),
      oddTexts,
    ),
    filename: fc.oneof(
      fc.constantFrom('a.png', 'a.wav', ''),
      oddTexts.map((text) => text.replaceAll(/["\r\n]/g, '')),
    ),
    type: fc.constantFrom('image/png', 'application/json', 'text/plain', 'audio/wav', 'text/html', 'x'),
  },
  { requiredKeys: ['name', 'content'] },
);
const forms: fc.Arbitrary<Body> = fc.array(fields, { maxLength: 4 }).map((all) => formOf(all));

/** Archives with odd paths, the same path twice, and damaged files. */
const archives: fc.Arbitrary<Body> = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('gate/1.png', 'knot/1.png', 'x.png', 'a/b/c.png', '../x.png', '/x', 'gate/'),
        oddTexts,
      ),
      fc.oneof(mostly(glyph('gate', 1)), fc.constant(zip({ a: Buffer.from('a') }))),
    ),
    { maxLength: 4 },
  )
  .chain((files) => mostly(zip(Object.fromEntries(files))))
  .map((payload) => ({ payload, headers: { 'content-type': 'application/zip' } }));

/** Tables with odd cells and lines of unequal lengths, of any column as the target. */
const cells = fc.oneof(fc.constantFrom('31', 'Rome', 'basic', '2024-01-05', 'true'), oddTexts);
const tables: fc.Arbitrary<Body> = fc
  .record({
    header: fc.oneof(fc.constant(['age', 'city', 'plan']), fc.array(cells, { maxLength: 4 })),
    rows: fc.array(fc.array(cells, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
    between: fc.constantFrom(',', ';', '\t'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    target: fc.oneof(fc.constantFrom('plan', 'age', 'none', ''), oddTexts),
  })
  .map(({ header, rows, between, end, target }) => ({
    payload: [header, ...rows].map((row) => row.join(between)).join(end),
    headers: { 'content-type': 'text/csv' },
    query: `target=${encodeURIComponent(target.replaceAll(/[\ud800-\udfff]/g, ''))}`,
  }));

/** Lines of good and odd JSON. */
const values = fc.oneof(
  fc.constantFrom<unknown>('of course', 'never', [1, 2], { age: 3, city: 'Rome' }, 3, null, {}),
  fc.jsonValue({ maxDepth: 2 }),
  oddTexts,
);
const lines: fc.Arbitrary<Body> = fc
  .array(
    fc.oneof(
      fc.record({ label: fc.oneof(fc.constantFrom('yes', 'no'), oddTexts), input: values }),
      fc.record({ label: values, input: values, target: values, x: values }, { requiredKeys: ['input'] }),
      values,
    ),
    { maxLength: 5 },
  )
  .chain((all) => mostly(all.map((each) => JSON.stringify(each)).join('\n')))
  .map((payload) => ({ payload, headers: { 'content-type': 'application/x-ndjson' } }));

const bodies = fc.oneof(broken, forms, archives, tables, lines);
const calls = fc.oneof(
  fc.record({ call: fc.constant('adapt' as const), task: fc.constant(null) }),
  fc.record({
    call: fc.constantFrom('adapt' as const, 'predict' as const),
    task: fc.constantFrom(...contentRequests.map(({ name }) => nameOf(name))),
  }),
);
const models = fc.constantFrom('', 'model=auto', 'model=text', 'model=photos', 'model=rows', 'model=speech');

const RUNS = 4000;

describe('bodies with files, texts, tables and archives', () => {
  it('get an answer or a refusal with field, expected and got; a refusal stores nothing', async () => {
    const options = fuzz(RUNS);
    const seen = new Map<number, number>();
    /** The latest adaptations of the tasks whose last call was refused. */
    const latest = new Map<string, string>();
    let fresh = 0;
    await fc.assert(
      fc.asyncProperty(bodies, calls, models, async (body, { call, task }, model) => {
        const to = task ?? `fresh-${fresh++}`;
        const query = call === 'adapt' ? `?mode=append${task === null && model ? `&${model}` : ''}` : '';
        const before = task === null ? null : (latest.get(to) ?? (await latestOf(to)));
        const answer = await send(`/tasks/${to}/${call}${query}`, body);
        const { statusCode: status } = answer;
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status < 300) {
          latest.delete(to);
          return;
        }
        const told = answer.json();
        assert.ok(status < 500, answer.body);
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
        assert.equal(told.status, status, answer.body);
        assert.match(told.code, /^[a-z_]+$/, answer.body);
        assert.match(told.expected, /./, answer.body);
        assert.match(told.got, /./, answer.body);
        assert.ok(answer.body.length < 4000, 'a short refusal');
        assert.equal(await latestOf(to), before);
        if (before !== null) latest.set(to, before);
      }),
      options,
    );
    if (options.numRuns < RUNS / 2) return;
    for (const status of [200, 202, 400, 415]) expect([...seen.keys()]).toContain(status);
  });
});

/** The latest adaptation of a task: null without a task. */
async function latestOf(task: string): Promise<string | null> {
  const answer = await http.app.inject({ url: `/tasks/${task}/adaptations?limit=1` });
  return answer.statusCode === 404 ? null : answer.json().data[0].id;
}
