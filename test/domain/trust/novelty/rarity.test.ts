import { describe, expect, it } from 'vitest';
import { decodeRarities, encodeRarities, rarityOf } from '../../../../src/domain/trust/novelty/rarity.ts';

const rarities = decodeRarities(encodeRarities([0, 1, 2, 20]));

describe('the rarity of an input', () => {
  it('is the mean over the features that it has and that count', () => {
    expect(rarityOf(Float32Array.of(9, 0.5, 3, 0), rarities)).toBe(1.5);
    expect(rarityOf(Float32Array.of(9, 0, 3, -1), rarities)).toBe(2);
  });

  it('is the largest without such a feature', () => {
    expect(rarityOf(Float32Array.of(9, 0, 0, 0), rarities)).toBe(255 / 16);
    expect(rarityOf(Float32Array.of(0, 0, 0, 1), rarities)).toBe(255 / 16);
  });
});
