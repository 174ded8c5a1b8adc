import type { Tensor, Tensors } from '../../../tensor.ts';
import type { Session } from '../threads/session.ts';

/** What takes steps: one a run, and where there is one, several a run. */
export interface Steps {
  readonly step: Session;
  readonly leap?: { readonly steps: number; readonly session: Session };
}

export interface Stride {
  /** Under the names that the next run takes. */
  readonly state: Tensors;
  /** Before each step taken. */
  readonly losses: Float32Array;
}

const NEXT = '.next';

/** One run: a leap where that many steps are `left`, otherwise a step. */
export async function stride(
  { step, leap }: Steps,
  left: number,
  state: Tensors,
  fixed: Tensors,
): Promise<Stride> {
  const session = leap && left >= leap.steps ? leap.session : step;
  const { loss, losses = loss, ...next } = await session.run({ ...state, ...fixed });
  if (!losses) throw new RangeError('Expected a loss from the step program, got none');
  return { state: entering(next), losses: losses.data };
}

/** A plain loop: this is done after every run, and the runs of a small network take as long as their surroundings. */
function entering(next: Tensors): Tensors {
  const state: Record<string, Tensor> = {};
  for (const [name, each] of Object.entries(next)) state[name.slice(0, -NEXT.length)] = each;
  return state;
}
