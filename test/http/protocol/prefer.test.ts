import { describe, expect, it } from 'vitest';
import { preferredWaitSeconds } from '../../../src/http/protocol/prefer.ts';

describe('preferredWaitSeconds', () => {
  it.each([
    ['wait=10', 10],
    ['respond-async, wait=7', 7],
    ['Wait = "3"; foo=bar', 3],
    ['wait=0', 0],
    ['wait=3600', 60],
    ['wait=1, wait=2', 1],
  ])('honours %j, up to a minute', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds);
  });

  it.each([undefined, '', 'respond-async', 'wait', 'wait=', 'wait=-1', 'wait=soon', 'wait=1.5', 'await=3'])(
    'ignores %j',
    (header) => {
      expect(preferredWaitSeconds(header)).toBeNull();
    },
  );
});
