import type { Training } from '../recipe/training.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * A note for the user if training has not improved weights that were trained before; else null. All validations have the same
 * episodes. A difference below a quarter of the interval of one validation does not count as progress.
 */
export function progressNote(
  { validations }: Pick<Checkpoint, 'validations'>,
  { outerRate, iterations }: Pick<Training, 'outerRate' | 'iterations'>,
): string | null {
  const [before, ...after] = validations;
  if (before?.at !== 0 || after.length === 0) return null;
  const best = Math.max(...after.map(({ value }) => value));
  const smallest = (before.interval95 ?? 0) / 4;
  if (best - before.value > smallest) return null;
  const figures = `${percent(before.value)} before training, at best ${percent(best)} after it`;
  const now = `training.outerRate (now ${outerRate})`;
  return best < before.value - smallest
    ? `Note: validation fell: ${figures}. The package has the weights from before. Lower ${now} in the recipe, or give more classes`
    : `Note: validation hardly changed: ${figures}. Raise ${now} or training.iterations (now ${iterations}) in the recipe`;
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
