import { InnerloopError } from '../../errors.ts';

/** A graph that is well formed, but has something that cannot be written as values. It may still run as it is. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** A model that is refused: malformed, or beyond a limit. */
export function refuse(expected: string, got: unknown): InnerloopError {
  const details = { expected, got: String(got) };
  return new InnerloopError('invalid_package', `ONNX model: expected ${expected}, got ${got}`, details);
}

/** Counts memory before it is allocated. */
export class Budget {
  readonly #most: number;
  #left: number;

  constructor(bytes: number) {
    this.#most = bytes;
    this.#left = bytes;
  }

  /** @throws InnerloopError `invalid_package` when `bytes` more would exceed the limit */
  take(bytes: number, what: string): void {
    if (!(bytes <= this.#left)) {
      const used = this.#most - this.#left;
      throw refuse(
        `at most ${this.#most} bytes of constants (IMPORT_MAX_BYTES)`,
        `${bytes} for ${what} beside ${used}`,
      );
    }
    this.#left -= bytes;
  }
}
