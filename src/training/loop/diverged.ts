import { InnerloopError } from '../../errors.ts';
import { firstNotFinite, type Tensors } from '../../tensor.ts';
import { isEpisodic, type Training } from '../recipe/training.ts';

/**
 * Refuses a loss or a gradient that is no finite number, before a step changes weights by it.
 * @throws InnerloopError `invalid_recipe` that names the learning rates that the recipe has and that change something
 */
export function requireFinite(
  { loss, gradients }: { readonly loss: number; readonly gradients: Tensors },
  iteration: number,
  training: Training,
): void {
  if (!Number.isFinite(loss)) throw diverged('loss', loss, iteration, training);
  for (const [name, { data }] of Object.entries(gradients)) {
    const at = firstNotFinite(data);
    if (at >= 0) throw diverged(`gradient of ${name}`, data[at] as number, iteration, training);
  }
}

function diverged(what: string, got: number, iteration: number, training: Training): InnerloopError {
  const hasInnerSteps = isEpisodic(training) && training.steps > 0;
  const advice = hasInnerSteps ? 'training.rate or training.outerRate' : 'training.outerRate';
  const message = `Expected a finite ${what}, got ${got} in iteration ${iteration}: lower ${advice}`;
  return new InnerloopError('invalid_recipe', message, { pointer: '/training/outerRate' });
}
