import { describe, expect, it } from 'vitest';
import { progressNote } from '../../../src/training/loop/progress-note.ts';

const settings = { outerRate: 0.002, iterations: 100 };
const noteOf = (...values: readonly number[]) =>
  progressNote(
    { validations: values.map((value, i) => ({ at: 50 * i, value, interval95: 0.02 })) },
    settings,
  );

describe('the note after training weights that were trained before', () => {
  it('says that validation hardly changed, and what to raise', () => {
    expect(noteOf(0.6, 0.601, 0.599)).toBe(
      'Note: validation hardly changed: 60.0 % before training, at best 60.1 % after it. Raise training.outerRate (now 0.002) or training.iterations (now 100) in the recipe',
    );
  });

  it('says that validation fell, and what to lower', () => {
    expect(noteOf(0.6, 0.5, 0.4)).toContain(
      'validation fell: 60.0 % before training, at best 50.0 % after it',
    );
    expect(noteOf(0.6, 0.5, 0.4)).toContain('Lower training.outerRate (now 0.002)');
  });

  it('is absent after progress, and without a validation before training', () => {
    expect(noteOf(0.6, 0.58, 0.62)).toBeNull();
    expect(noteOf(0.6)).toBeNull();
    expect(
      progressNote(
        {
          validations: [
            { at: 50, value: 0.6 },
            { at: 100, value: 0.6 },
          ],
        },
        settings,
      ),
    ).toBeNull();
  });
});
