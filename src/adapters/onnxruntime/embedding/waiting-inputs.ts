import { type EmbedRun, URGENCIES, type Urgency } from '../../../ports/embedder.ts';
import type { Tensor } from '../../../tensor.ts';
import { paddingOf } from './join-inputs.ts';

/** One content that waits for a run. */
export interface WaitingInput extends EmbedRun {
  resolve(features: Tensor): void;
  reject(error: unknown): void;
}

/** Texts of very different lengths do not share a run: most of it would be padding. */
const MAX_PADDING = 1.5;

/** Inputs that wait, by urgency and owner. Owners take turns. */
export class WaitingInputs {
  readonly #byUrgency: { readonly [Each in Urgency]: Map<string, WaitingInput[]> } = {
    prediction: new Map(),
    support: new Map(),
  };

  count(urgency: Urgency): number {
    return [...this.#byUrgency[urgency].values()].reduce((sum, { length }) => sum + length, 0);
  }

  add(input: WaitingInput): void {
    const owners = this.#byUrgency[input.urgency];
    const waiting = owners.get(input.owner);
    if (waiting) waiting.push(input);
    else owners.set(input.owner, [input]);
  }

  remove(input: WaitingInput): void {
    const owners = this.#byUrgency[input.urgency];
    const rest = (owners.get(input.owner) ?? []).filter((each) => each !== input);
    if (rest.length > 0) owners.set(input.owner, rest);
    else owners.delete(input.owner);
  }

  /** Removes and answers the inputs of the next run: of one encoder and one urgency, at most `batchOf` of them. */
  take(batchOf: (encoder: string) => number): readonly WaitingInput[] {
    for (const urgency of URGENCIES) {
      const taken = this.#take(this.#byUrgency[urgency], batchOf);
      if (taken.length > 0) return taken;
    }
    return [];
  }

  takeAll(): readonly WaitingInput[] {
    const all = URGENCIES.flatMap((urgency) => [...this.#byUrgency[urgency].values()].flat());
    for (const input of all) this.remove(input);
    return all;
  }

  #take(owners: Map<string, WaitingInput[]>, batchOf: (encoder: string) => number): readonly WaitingInput[] {
    const taken: WaitingInput[] = [];
    const [first] = owners.values().next().value ?? [];
    if (!first) return taken;
    const batch = batchOf(first.encoder);
    let isProgress = true;
    while (isProgress && taken.length < batch) {
      isProgress = false;
      for (const waiting of [...owners.values()]) {
        const next = waiting.find((each) => each.encoder === first.encoder);
        if (!next || taken.length === batch || !fits(taken, next)) continue;
        taken.push(next);
        this.remove(next);
        isProgress = true;
      }
    }
    // The owners of this run go behind the others.
    for (const { owner } of taken) {
      const rest = owners.get(owner);
      if (rest) owners.delete(owner) && owners.set(owner, rest);
    }
    return taken;
  }
}

function fits(taken: readonly WaitingInput[], next: WaitingInput): boolean {
  return paddingOf([...taken, next].map(({ inputs }) => inputs)) <= MAX_PADDING;
}
