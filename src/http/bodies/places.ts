import { InnerloopError } from '../../errors.ts';

/** Where in the request its examples or inputs are. */
export interface Places {
  /** JSON pointer to the item with this number. */
  pointerOf(item: number): string;
  /** The name of an item of a form, a table or an archive, which is added at the end of a message. */
  readonly nameOf?: ((item: number) => string) | null;
}

/** Runs `work`. If it fails because of an item, adds the item's place in the request to the error. */
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

/** Adds the pointer to a message: before `, got …` in `Expected …, got …`, and at the end of other messages. */
function withPointer(message: string, expected: string | undefined, pointer: string): string {
  const start = `Expected ${expected}`;
  if (!message.startsWith(start)) return `${message} (${pointer})`;
  return `${start} at ${pointer}${message.slice(start.length)}`;
}

/** Escapes a member name for a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
