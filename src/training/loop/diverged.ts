import { InnerloopError } from '../../errors.ts';
import { isEpisodic, type Training } from '../recipe/training.ts';

/** The error of a loss that is no finite number. It names the learning rates that the recipe has and that change something. */
export function diverged(loss: number, iteration: number, training: Training): InnerloopError {
  const hasInnerSteps = isEpisodic(training) && training.steps > 0;
  const advice = hasInnerSteps ? 'training.rate or training.outerRate' : 'training.outerRate';
  const message = `Expected a finite loss, got ${loss} in iteration ${iteration}: lower ${advice}`;
  return new InnerloopError('invalid_recipe', message, { pointer: '/training/outerRate' });
}
