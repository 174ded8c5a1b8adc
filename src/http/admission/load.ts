/** Amounts in progress at the same time. */
export interface Bounds {
  readonly bytes: number;
  readonly predictions: number;
}

/** Counts the bytes of bodies and the predictions in progress. If no other body is in progress, a body may have any size. */
export class Load {
  readonly #bounds: Bounds;
  #bytes = 0;
  #predictions = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The reason to refuse a request with these amounts, or null. */
  refusal({ bytes, predictions }: Bounds): string | null {
    const isFull = this.#bytes > 0 && bytes > 0 && this.#bytes + bytes > this.#bounds.bytes;
    if (isFull) return 'Too many bytes of requests are in progress';
    const isBusy = predictions > 0 && this.#predictions + predictions > this.#bounds.predictions;
    return isBusy ? `${this.#predictions} predictions are in progress` : null;
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
