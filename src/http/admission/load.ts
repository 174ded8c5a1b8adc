/** What may be under way at once. */
export interface Bounds {
  readonly bytes: number;
  readonly predictions: number;
}

/** Bytes of bodies and predictions under way, within bounds; a single body is taken whatever its size. */
export class Load {
  readonly #bounds: Bounds;
  #bytes = 0;
  #predictions = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Why there is no room for this much more; null where there is. */
  refusal({ bytes, predictions }: Bounds): string | null {
    const isFull = this.#bytes > 0 && bytes > 0 && this.#bytes + bytes > this.#bounds.bytes;
    if (isFull) return 'Too many bytes of requests are under way';
    const isBusy = predictions > 0 && this.#predictions + predictions > this.#bounds.predictions;
    return isBusy ? `${this.#predictions} predictions are under way` : null;
  }

  add({ bytes, predictions }: Bounds): void {
    this.#bytes += bytes;
    this.#predictions += predictions;
  }

  remove({ bytes, predictions }: Bounds): void {
    this.add({ bytes: -bytes, predictions: -predictions });
  }

  get isIdle(): boolean {
    return this.#bytes === 0 && this.#predictions === 0;
  }
}
