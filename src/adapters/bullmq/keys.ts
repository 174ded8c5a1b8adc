/**
 * All of the queue is in one slot of a cluster: its scripts touch BullMQ's jobs and our own table together. Processes of
 * several versions share these keys during an upgrade, so no name may change.
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
