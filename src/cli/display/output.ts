import type { CliContext, OutputStream } from '../context.ts';
import { withoutControls } from './without-controls.ts';

/** Writes the answer of a command to stdout: one JSON document with `--json`, else words for people. */
export function answer(
  { stdout }: Pick<CliContext, 'stdout'>,
  asJson: boolean | undefined,
  value: unknown,
  words: () => string,
): void {
  stdout.write(`${asJson ? JSON.stringify(value, null, 2) : withoutControls(words())}\n`);
}

/**
 * Whether to write colours: on a terminal, unless NO_COLOR is set, and in any stream if FORCE_COLOR is (other than 0).
 *
 * @see https://no-color.org
 * @see https://force-color.org
 */
export function hasColours(
  stream: Pick<OutputStream, 'isTTY'>,
  { NO_COLOR, FORCE_COLOR }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (NO_COLOR || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  return FORCE_COLOR ? true : stream.isTTY === true;
}

/** `1 label`, `3 labels` */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
