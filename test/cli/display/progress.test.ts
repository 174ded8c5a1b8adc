import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress, formatDuration } from '../../../src/cli/display/progress.ts';

function terminal(isTTY: boolean) {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 120 }), written: () => written };
}

function fakeClock() {
  let ms = 0;
  return { now: () => new Date(ms), advance: (by: number) => (ms += by) };
}

describe('progress', () => {
  it('writes a plain line at once, then one every ten seconds, then the last', () => {
    const { stream, written } = terminal(false);
    const clock = fakeClock();
    const progress = createProgress({ name: 'omniglot-maml', stream, clock });
    for (let done = 0; done <= 25; done++) {
      progress.update({ done, total: 30, notes: ['loss 0.5', 'accuracy 90 %'] });
      clock.advance(1000);
    }
    progress.stop();
    expect(written().split('\n')).toEqual([
      'omniglot-maml  0/30  loss 0.5 · accuracy 90 % · time left unknown',
      'omniglot-maml  10/30  loss 0.5 · accuracy 90 % · 20 s left',
      'omniglot-maml  20/30  loss 0.5 · accuracy 90 % · 10 s left',
      'omniglot-maml  25/30  loss 0.5 · accuracy 90 % · 5 s left',
      '',
    ]);
  });

  it('does not print the last line twice', () => {
    const { stream, written } = terminal(false);
    const progress = createProgress({ name: 'a', stream, clock: fakeClock() });
    progress.update({ done: 1, total: 1, notes: [] });
    progress.stop();
    expect(written()).toBe('a  1/1  took 0 s\n');
  });

  it('uses only the time since the resumption to predict the end of a resumed run', () => {
    const { stream, written } = terminal(false);
    const clock = fakeClock();
    const progress = createProgress({ name: 'a', stream, clock });
    progress.update({ done: 900, total: 1000, notes: [] });
    clock.advance(60_000);
    progress.update({ done: 910, total: 1000, notes: [] });
    expect(written()).toContain('910/1000  9 min left');
  });

  it('draws a bar with notes and time left on a terminal, and leaves it finished', () => {
    const { stream, written } = terminal(true);
    const clock = fakeClock();
    const progress = createProgress({ name: 'sinusoid-maml', stream, clock });
    progress.update({ done: 0, total: 10, notes: ['loss 3.2'] });
    clock.advance(5000);
    progress.update({ done: 10, total: 10, notes: ['loss 0.7'] });
    progress.stop();
    expect(written()).toContain('sinusoid-maml  ░░');
    expect(written()).toContain(`${'█'.repeat(24)}  10/10  loss 0.7 · took 5 s`);
  });

  it.each([
    [0, '0 s'],
    [89_400, '89 s'],
    [90_000, '2 min'],
    [3_540_000, '59 min'],
    [3_599_000, '1 h 00 min'],
    [3_900_000, '1 h 05 min'],
  ])('formats %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
