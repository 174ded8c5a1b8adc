/**
 * All keys of the queue are in one slot of a cluster, because the scripts change BullMQ's jobs and our own table together.
 * Never change a name: processes of several versions share these keys during an upgrade.
 */
export const PREFIX = 'innerloop:{queue}';

/** BullMQ's queue, whose jobs are leases. */
export const LEASES = 'turns';

const key = (name: string) => `${PREFIX}:${name}`;

/** Channel of announcements: a message is the key of a ref. */
export const ANNOUNCEMENTS = key('news');

/** Channel of cancellations: a message is the lease under which a cancelled adaptation runs. */
export const CANCELLATIONS = key('cancellations');

export const STATES = key('states');

/** In the order in which the scripts unpack them. */
export const KEYS: readonly string[] = [
  key('tenants'),
  STATES,
  key('claims'),
  key('sequence'),
  key('waiting:'),
  key(`${LEASES}:`),
  CANCELLATIONS,
  key('needs'),
  key('packages'),
];
