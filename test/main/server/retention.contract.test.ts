import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/main/server/backends/backend.ts';
import type { Service } from '../../../src/service/service.ts';
import { apiKey } from '../../support/contracts/key-store.ts';
import { delivery, webhook } from '../../support/contracts/outbox.ts';
import { draftOf, supportOf, taskDraft } from '../../support/examples.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { settle } from '../../support/service.ts';
import { type StoredValue, valuesInFiles, valuesInRedis } from '../../support/stored-values.ts';
import { withService } from './with-service.ts';

/** A tenant whose name is in every key of its data, and a text that is in all of its data that are text. */
const TENANT = 'Quetzalcoatl';
const TEXT = 'Popocatepetl';

const tableRows = readFileSync(new URL('../../../docs/retention.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!data |-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const documentedTables = tableRows.flatMap(([, , cell = '']) => {
  const [, folder, tables = ''] = /^`(\w+)`: (.*)$/.exec(cell) ?? [];
  return [...tables.matchAll(/`(\w+)`/g)].map(([, table]) => `${folder}: ${table}`);
});
const documentedKeys = tableRows.flatMap(([, , , cell = '']) =>
  [...cell.matchAll(/`(innerloop:[^`]*)`/g)].map(([, key = '']) => key),
);

async function fill(service: Service, backend: Backend): Promise<void> {
  service.processAdaptations();
  for (const [n, tenant] of [TENANT, 'bert'].entries()) {
    await backend.keyStore.add(apiKey(`00000000000${n}`, { tenant, name: n === 0 ? TEXT : '' }));
    const hook = webhook(n, { tenant, url: `https://example.com/${n === 0 ? TEXT : 'b'}` });
    await backend.outbox.addWebhook(hook, 20);
    const message = { tenant, webhook: hook.id, body: n === 0 ? TEXT : 'b' };
    await backend.outbox.add(delivery(1, message), 10);
    const ended = { status: 'succeeded', dueAt: null, response: 204 } as const;
    await backend.outbox.add(delivery(2, { ...message, ...ended }), 10);
    await backend.requestCounter?.count(`{${tenant}}:requests`, 60_000);
    const text = tenant === TENANT ? TEXT : 'a';
    const accepted = await service.adapt(tenant, `${text}-1`, {
      model: 'tiny-prototypes',
      metadata: { note: text },
      idempotencyKey: text,
      support: ['a', 'b'].map((letter) => ({
        label: `${text} ${letter}`,
        input: { kind: 'text', text: `${text} ${letter}` },
      })),
    });
    expect((await settle(service, accepted)).status).toBe('succeeded');
    const input = { kind: 'text', text: `asked ${text}` } as const;
    await service.putTask(tenant, `${text}-1`, { monitor: true, keep: { predictions: 10, hours: 1 } });
    const { predictions } = await service.predict(tenant, `${text}-1`, [input]);
    const [{ id: prediction = '' } = {}] = predictions;
    await service.feedback(tenant, `${text}-1`, { prediction, label: `${text} c` });
    await service.flushAsked();
  }
  await backend.queue.drain();
  const given = supportOf(['a', 'b']);
  const waiting = draftOf('waiting', { tenant: TENANT, task: `${TEXT}-2` });
  await backend.store.accept(waiting, given, { ...taskDraft, tenant: TENANT, id: `${TEXT}-2` });
  await backend.queue.submit({ tenant: TENANT, task: `${TEXT}-2`, id: 'waiting' });
}

const placesOf = (values: readonly StoredValue[], mark: string) => [
  ...new Set(values.filter(({ text }) => text.includes(mark)).map(({ place }) => place)),
];
const erase = (service: Service) => service.deleteTenant(TENANT, { keepsKeys: false, waitMs: 20_000 });

describe('what is stored of a tenant, in files', () => {
  it('is in the documented tables, and nowhere after its deletion', async () => {
    const environment = { DATA_DIR: await scratchFolder() };
    await withService(environment, fill);
    const before = await valuesInFiles(environment.DATA_DIR);
    const places = [...new Set(before.map(({ place }) => place))];
    // One is of versions before 0.3; the others are empty until a deletion.
    const notYet = ['tasks: supports', 'keys: deleted', 'keys: deletions'];
    expect(places.toSorted()).toEqual(documentedTables.filter((each) => !notYet.includes(each)).toSorted());
    expect(placesOf(before, TENANT).toSorted()).toEqual(places.toSorted());
    const texts = ['tasks: tasks', 'tasks: contents', 'tasks: sets', 'tasks: requestKeys', 'keys: keys'];
    expect(placesOf(before, TEXT)).toEqual(expect.arrayContaining(texts));

    expect(await withService(environment, erase)).toBe(true);
    const after = await valuesInFiles(environment.DATA_DIR);
    expect(placesOf(after, TEXT)).toEqual([]);
    expect(placesOf(after, TENANT)).toEqual(['keys: deletions']);
    expect(placesOf(after, 'bert')).toEqual(placesOf(before, 'bert'));
    for (const { place } of after) expect(documentedTables).toContain(place);
  });
});

describeWithRedis('what is stored of a tenant, in Redis', () => {
  /** The documented form of a key, the most exact one; the key itself if there is none. */
  const documented = (key: string) => {
    const forms = documentedKeys.filter((form) => {
      const pattern = form.replace(/[{}.]/g, '\\$&').replace('\\{t\\}', '\\{[^}]+\\}').replaceAll('…', '.+');
      return new RegExp(`^${pattern}$`).test(key);
    });
    return forms.toSorted((a, b) => b.length - a.length)[0] ?? key;
  };

  it('is under the documented keys, and nowhere after its deletion', async () => {
    await using server = await startRedis();
    const environment = { REDIS_URL: server.url };
    await withService(environment, fill);
    const before = await valuesInRedis(server.url);
    const places = new Set(before.map(({ place }) => documented(place)));
    const notYet = 'innerloop:{keys}:deletions';
    expect([...places].filter((each) => !each.startsWith('innerloop:{probe}')).toSorted()).toEqual(
      [...new Set(documentedKeys)].filter((each) => each !== notYet).toSorted(),
    );
    const queued = before.filter(({ place }) => place.startsWith('innerloop:{queue}'));
    expect(placesOf(queued, TENANT).length).toBeGreaterThan(0);
    expect(placesOf(before, TEXT).length).toBeGreaterThan(6);

    expect(await withService(environment, erase)).toBe(true);
    const after = await valuesInRedis(server.url);
    expect(placesOf(after, TEXT)).toEqual([]);
    expect(placesOf(after, TENANT).toSorted()).toEqual(
      ['innerloop:tenants', `innerloop:{${TENANT}}:requests`, 'innerloop:{keys}:deletions'].toSorted(),
    );
    expect(placesOf(after, 'bert').toSorted()).toEqual(placesOf(before, 'bert').toSorted());
  });
});
