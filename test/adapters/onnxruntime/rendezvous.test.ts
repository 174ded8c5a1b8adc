import { describe, expect, it } from 'vitest';
import { rendezvous } from '../../../src/adapters/onnxruntime/predicting/rendezvous.ts';

const keys = Array.from({ length: 3000 }, (_, i) => `adp_${i.toString(16).padStart(32, '0')}`);

describe('rendezvous hashing', () => {
  it('spreads keys evenly', () => {
    const counts = [0, 0, 0];
    for (const key of keys) {
      const place = rendezvous(key, 3);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    // Binomial: one standard deviation is 26.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('moves only the keys that go to a new place', () => {
    const moved = keys.filter((key) => rendezvous(key, 3) !== rendezvous(key, 4));
    expect(moved.every((key) => rendezvous(key, 4) === 3)).toBe(true);
    expect(moved.length).toBeGreaterThan(500);
  });
});
