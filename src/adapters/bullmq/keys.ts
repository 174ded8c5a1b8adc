/** All of the queue is in one slot of a cluster: its scripts touch BullMQ's jobs and our own table together. */
export const PREFIX = 'innerloop:{queue}';

/** BullMQ's queue of turns. */
export const TURNS = 'turns';

const key = (name: string) => `${PREFIX}:${name}`;

/** Announcements: a message is the key of a ref. */
export const NEWS = key('news');

/** Cancellations: a message is the turn that runs what was cancelled. */
export const CANCELLATIONS = key('cancellations');

export const STATES = key('states');

/** As the scripts unpack them. */
export const KEYS: readonly string[] = [
  key('tenants'),
  STATES,
  key('claims'),
  key('sequence'),
  key('waiting:'),
  key(`${TURNS}:`),
  CANCELLATIONS,
];
