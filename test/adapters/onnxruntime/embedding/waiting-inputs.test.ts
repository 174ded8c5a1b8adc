import { describe, expect, it } from 'vitest';
import { WaitingInputs } from '../../../../src/adapters/onnxruntime/embedding/waiting-inputs.ts';
import type { Urgency } from '../../../../src/ports/embedder.ts';
import { tensor } from '../../../../src/tensor.ts';

const input = (owner: string, urgency: Urgency = 'support', { encoder = 'e', length = 1 } = {}) => ({
  owner,
  urgency,
  encoder,
  inputs: { x: tensor([length], new Float32Array(length)) },
  resolve: () => undefined,
  reject: () => undefined,
});

/** The owners of the inputs of each run, until none waits. */
function runsOf(waiting: WaitingInputs, batch: number): string[] {
  const runs: string[] = [];
  for (let run = waiting.take(() => batch); run.length > 0; run = waiting.take(() => batch))
    runs.push(run.map(({ owner }) => owner).join(''));
  return runs;
}

describe('WaitingInputs', () => {
  it('joins the inputs of several owners, and lets owners take turns', () => {
    const waiting = new WaitingInputs();
    for (const owner of 'aaaaab') waiting.add(input(owner));
    for (const owner of 'cc') waiting.add(input(owner));
    expect(waiting.count('support')).toBe(8);
    expect(runsOf(waiting, 3)).toEqual(['abc', 'aca', 'aa']);
    expect(waiting.count('support')).toBe(0);
  });

  it('takes predictions before support sets, and never both in one run', () => {
    const waiting = new WaitingInputs();
    for (const owner of 'ab') waiting.add(input(owner));
    waiting.add(input('c', 'prediction'));
    expect(runsOf(waiting, 4)).toEqual(['c', 'ab']);
  });

  it('takes one encoder at a time', () => {
    const waiting = new WaitingInputs();
    for (const [owner, encoder] of [
      ['a', 'e'],
      ['b', 'f'],
      ['c', 'e'],
      ['d', 'f'],
    ] as const)
      waiting.add(input(owner, 'support', { encoder }));
    expect(runsOf(waiting, 4)).toEqual(['ac', 'bd']);
  });

  it('does not join inputs whose run would be mostly padding', () => {
    const waiting = new WaitingInputs();
    for (const [owner, length] of [
      ['a', 2],
      ['b', 100],
      ['c', 3],
      ['d', 90],
    ] as const)
      waiting.add(input(owner, 'support', { length }));
    expect(runsOf(waiting, 4)).toEqual(['ac', 'bd']);
  });

  /** The owners and lengths of the inputs of each run, until none waits. */
  const lengthsOf = (waiting: WaitingInputs, batch: number) => {
    const found: string[] = [];
    for (let run = waiting.take(() => batch); run.length > 0; run = waiting.take(() => batch))
      found.push(run.map(({ owner, inputs }) => `${owner}${inputs.x?.shape[0]}`).join(' '));
    return found;
  };

  it('fills a run with inputs that fit and stand behind others that do not', () => {
    const waiting = new WaitingInputs();
    for (const length of [10, 100, 12, 90, 11, 80, 9, 70]) waiting.add(input('a', 'support', { length }));
    expect(lengthsOf(waiting, 4)).toEqual(['a10 a12 a11 a9', 'a100 a90 a80 a70']);
  });

  it('takes the longest waiting input of an owner next, after it was passed over', () => {
    const waiting = new WaitingInputs();
    for (let i = 0; i < 4; i++) waiting.add(input('a', 'support', { length: 2 }));
    for (const length of [100, 2, 2, 2]) waiting.add(input('b', 'support', { length }));
    expect(lengthsOf(waiting, 2)).toEqual(['a2 b2', 'b100', 'a2 b2', 'a2 b2', 'a2']);
  });

  it('takes an input of another encoder next, after it was passed over', () => {
    const waiting = new WaitingInputs();
    for (const owner of 'aaaa') waiting.add(input(owner));
    waiting.add(input('b', 'support', { encoder: 'f' }));
    for (const owner of 'bbb') waiting.add(input(owner));
    expect(runsOf(waiting, 2)).toEqual(['ab', 'b', 'ab', 'ab', 'a']);
  });

  it('looks at few inputs of a long queue', () => {
    const waiting = new WaitingInputs();
    let looks = 0;
    for (let i = 0; i < 5000; i++) {
      const each = input('a', 'support', { length: i === 0 ? 1 : 100 });
      const { inputs } = each;
      waiting.add({
        ...each,
        get inputs() {
          looks += 1;
          return inputs;
        },
      });
    }
    expect(waiting.take(() => 32)).toHaveLength(1);
    expect(looks).toBeLessThan(1000);
  });

  it.each([
    ['of another encoder', { encoder: 'f' }],
    ['of another length', { length: 100 }],
  ])('takes whole runs of an owner beside another one with a long queue %s', (_, other) => {
    const waiting = new WaitingInputs();
    for (let i = 0; i < 300; i++) {
      waiting.add(input('a'));
      waiting.add(input('b', 'support', other));
    }
    const runs = Array.from({ length: 4 }, () => waiting.take(() => 16));
    const owners = runs.map((run) => run.map(({ owner }) => owner).join(''));
    expect(owners).toEqual(['a', 'b', 'a', 'b'].map((owner) => owner.repeat(16)));
  });

  it('takes an input behind a long queue of inputs of another encoder', () => {
    const waiting = new WaitingInputs();
    waiting.add(input('a'));
    for (let i = 0; i < 300; i++) waiting.add(input('b', 'support', { encoder: 'f' }));
    waiting.add(input('b'));
    expect(waiting.take(() => 16).map(({ owner }) => owner)).toEqual(['a', 'b']);
  });

  it('forgets an input that is removed', () => {
    const waiting = new WaitingInputs();
    const [one, two] = [input('a'), input('a')];
    waiting.add(one);
    waiting.add(two);
    waiting.remove(one);
    expect(waiting.takeAll()).toEqual([two]);
    expect(waiting.takeAll()).toEqual([]);
  });
});
