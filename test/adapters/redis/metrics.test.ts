import { expect, it } from 'vitest';
import { persistenceOf } from '../../../src/adapters/redis/metrics.ts';

const aof = { aof_enabled: '1', aof_last_write_status: 'ok', aof_last_bgrewrite_status: 'ok' };
const rdb = { aof_enabled: '0', rdb_last_bgsave_status: 'ok' };

it.each([
  [1, 'appends', aof],
  [0, 'cannot append', { ...aof, aof_last_write_status: 'err' }],
  [0, 'cannot rewrite its file', { ...aof, aof_last_bgrewrite_status: 'err' }],
  [0, 'appends, but cannot make snapshots', { ...aof, rdb_last_bgsave_status: 'err' }],
  [1, 'appends and makes snapshots', { ...aof, rdb_last_bgsave_status: 'ok' }],
  [0, 'fails to make snapshots', { ...rdb, rdb_last_bgsave_status: 'err' }],
  [null, 'may make snapshots, or none', rdb],
  [null, 'hides it', {}],
])('persistence is %j of a Redis that %s', (expected, _, info) => {
  expect(persistenceOf(info)).toBe(expected);
});
