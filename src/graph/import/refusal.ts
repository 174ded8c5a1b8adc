import { InnerloopError } from '../../errors.ts';

const MOST_CHARACTERS = 300;

/** A text from a file, for messages: shortened, and without control characters. */
export function printable(text: unknown): string {
  const whole = String(text);
  const part = whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)}…` : whole;
  return part.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** A graph that is well formed, but has something that cannot be written as values. It may still run as it is. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(message: string) {
    super(printable(message));
  }
}

/** A model that is refused: malformed, or beyond a limit. */
export function refuse(expected: string, got: unknown, cause?: unknown): InnerloopError {
  const details = {
    expected: printable(expected),
    got: printable(got),
    ...(cause !== undefined && { cause }),
  };
  const message = `ONNX model: expected ${details.expected}, got ${details.got}`;
  return new InnerloopError('invalid_package', message, details);
}

/** Counts memory before it is allocated, and elements before they are visited. */
export class Budget {
  readonly #most: number;
  #left: number;
  #work: number;
  readonly #counted = new WeakSet<ArrayBufferLike>();

  /** Allows this many bytes, and visits of half as many elements: each element is written once, and read once. */
  constructor(bytes: number) {
    this.#most = bytes;
    this.#left = bytes;
    this.#work = Math.max(bytes / 2, MIN_WORK);
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
    this.visit(bytes / 4, what);
  }

  /**
   * A file of a few bytes can ask for constants to be computed again and again.
   * @throws InnerloopError `invalid_package` when this is more work than reading the largest model
   */
  visit(elements: number, what: string): void {
    this.#work -= elements;
    if (this.#work < 0)
      throw refuse(
        `constants that are computed in ${Math.max(this.#most / 2, MIN_WORK)} steps (IMPORT_MAX_BYTES)`,
        `more, at ${what}`,
      );
  }

  /** Values that were allocated without being counted. Several tensors may share a buffer. */
  takeOnce(buffer: ArrayBufferLike, what: string): void {
    if (this.#counted.has(buffer)) return;
    this.#counted.add(buffer);
    this.take(buffer.byteLength, what);
  }

  /** Values that have been counted before. */
  own(buffer: ArrayBufferLike): void {
    this.#counted.add(buffer);
  }
}

const MIN_WORK = 2 ** 26;
