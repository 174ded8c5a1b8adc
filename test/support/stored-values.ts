import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { adminOf } from './redis/admin.ts';

/** A row of a table or a key of Redis. */
export interface StoredValue {
  /** `tasks: contents`, or the key of Redis. */
  readonly place: string;
  /** The key and the value, as Latin-1 text. */
  readonly text: string;
}

/** Rows of LMDB's root that are values, and not tables. */
const ROOT_VALUES = ['probe', 'reuse'];

/** All rows of all LMDB tables below `folder`. No process may have it open. */
export async function valuesInFiles(folder: string): Promise<readonly StoredValue[]> {
  const found: StoredValue[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!existsSync(join(path, 'data.mdb'))) continue;
    const root = open({ path, encoding: 'binary', maxDbs: 100 });
    for (const table of [...root.getKeys()].map(String)) {
      if (ROOT_VALUES.includes(table)) continue;
      const rows = root.openDB<Buffer, Buffer>({ name: table, encoding: 'binary', keyEncoding: 'binary' });
      for (const { key, value } of rows.getRange())
        found.push({ place: `${name}: ${table}`, text: `${latin(key)} ${latin(value)}` });
    }
    await root.close();
  }
  return found;
}

/** All keys of a Redis with their values. */
export async function valuesInRedis(url: string): Promise<readonly StoredValue[]> {
  const redis = adminOf(url);
  const found: StoredValue[] = [];
  for (const key of await redis.keys('*')) {
    const values = await readAll(await redis.type(key), key);
    found.push({ place: key, text: [key, ...values.flat(2).map((each) => latin(each as Buffer))].join(' ') });
  }
  return found;

  async function readAll(type: string, key: string): Promise<readonly unknown[]> {
    if (type === 'string') return [await redis.getBuffer(key)];
    if (type === 'hash') return Object.entries(await redis.hgetallBuffer(key));
    if (type === 'set') return redis.smembersBuffer(key);
    if (type === 'zset') return redis.zrangeBuffer(key, '0', '-1');
    if (type === 'list') return redis.lrangeBuffer(key, 0, -1);
    if (type === 'stream') return (await redis.xrangeBuffer(key, '-', '+')) as unknown[];
    throw new Error(`Expected a known type of value at ${key}, got ${type}`);
  }
}

function latin(value: Buffer | string | null): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}
