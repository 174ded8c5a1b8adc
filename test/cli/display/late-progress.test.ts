import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLateProgress } from '../../../src/cli/display/late-progress.ts';

it('shows the progress of work that takes longer than a second, and of no other', () => {
  let ms = 0;
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  const options = { name: 'sending', stream, clock: { now: () => new Date(ms) } };
  const quick = createLateProgress(options);
  for (const done of [1, 2, 3]) quick.update({ done, total: 3, notes: [] });
  quick.stop();
  expect(written).toBe('');

  const slow = createLateProgress(options);
  for (const done of [1, 2, 3]) {
    ms += 600;
    slow.update({ done, total: 4, notes: [] });
  }
  slow.stop();
  expect(written).toMatch(/^sending {2}2\/4 .*\nsending {2}3\/4 .*\n$/);
});
