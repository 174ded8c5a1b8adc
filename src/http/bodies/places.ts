import { InnerloopError } from '../../errors.ts';

/** Where the examples or inputs of a request are, in the caller's terms. */
export interface Places {
  /** JSON pointer to the item of this number. */
  pointerOf(item: number): string;
  /** The name of a form's part, for the end of a message. */
  readonly nameOf?: ((item: number) => string) | undefined;
}

/** Runs `work`, and says of its errors about an item where in the request that item is. */
export async function withPlaces<T>({ pointerOf, nameOf }: Places, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InnerloopError) || error.details.item === undefined) throw error;
    const { item, ...details } = error.details;
    const pointer = `${pointerOf(item)}${details.pointer ?? ''}`;
    const message = `${withPointer(error.message, details.expected, pointer)}${nameOf?.(item) ?? ''}`;
    throw new InnerloopError(error.code, message, { ...details, pointer });
  }
}

/** `Expected …, got …` says the place behind what is expected; other messages, at their end. */
function withPointer(message: string, expected: string | undefined, pointer: string): string {
  const start = `Expected ${expected}`;
  if (!message.startsWith(start)) return `${message} (${pointer})`;
  return `${start} at ${pointer}${message.slice(start.length)}`;
}
