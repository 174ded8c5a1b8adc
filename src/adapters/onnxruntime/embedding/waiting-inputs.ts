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

/** Most inputs of an owner that are tried for one run, so that a long queue does not make the choice slow. */
const MAX_TRIED = 256;

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
    // Each owner has its own candidates, so that an owner whose inputs do not fit does not use up the tries of others.
    let searches = [...owners.values()].map((waiting) =>
      waiting
        .filter(({ encoder }) => encoder === first.encoder)
        .slice(0, MAX_TRIED)
        .values(),
    );
    /** The next candidate that fits. A later turn of the owner goes on behind it. */
    const nextOf = (search: ArrayIterator<WaitingInput>): WaitingInput | undefined => {
      for (let { value } = search.next(); value; { value } = search.next())
        if (fits(taken, value)) return value;
      return undefined;
    };
    while (searches.length > 0 && taken.length < batch) {
      searches = searches.filter((search) => {
        const next = taken.length < batch ? nextOf(search) : undefined;
        if (next) taken.push(next);
        return next !== undefined;
      });
    }
    removeAll(owners, taken);
    return taken;
  }
}

/**
 * Removes the inputs of a run. Their owners go behind the others; but an owner whose longest waiting input was passed over
 * keeps its place, so that it comes to the front and this input is taken.
 */
function removeAll(owners: Map<string, WaitingInput[]>, taken: readonly WaitingInput[]): void {
  const gone = new Set(taken);
  for (const owner of new Set(taken.map((each) => each.owner))) {
    const waiting = owners.get(owner) ?? [];
    const rest = waiting.filter((each) => !gone.has(each));
    if (gone.has(waiting[0] as WaitingInput)) owners.delete(owner);
    if (rest.length > 0) owners.set(owner, rest);
  }
}

function fits(taken: readonly WaitingInput[], next: WaitingInput): boolean {
  return paddingOf([...taken, next].map(({ inputs }) => inputs)) <= MAX_PADDING;
}
