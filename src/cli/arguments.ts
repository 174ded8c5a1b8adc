import type { ArgsDef } from 'citty';
import { InnerloopError } from '../errors.ts';

/** `5,20` → [5, 20]. @throws InnerloopError `invalid_request` for anything but whole numbers from `least`. */
export function integers(option: string, text: string, least: number): readonly number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw invalid(`Expected --${option} to be whole numbers from ${least}, got "${text}"`);
  });
}

/** As `integers`, for an option that takes one. */
export function integer(option: string, text: string, least: number): number {
  const [value, ...more] = integers(option, text, least);
  if (value !== undefined && more.length === 0) return value;
  throw invalid(`Expected --${option} to be one number, got "${text}"`);
}

/** The parser lets anything pass; an option misspelt must not silently become its default. */
export function refuseUnknown(
  args: Readonly<Record<string, unknown>> & { _: string[] },
  known: ArgsDef,
): void {
  const unknown = Object.keys(args).find((name) => name !== '_' && !(name in known));
  if (unknown !== undefined) throw invalid(`Unknown option --${unknown}; see --help`);
  const positionals = Object.values(known).filter(({ type }) => type === 'positional').length;
  const extra = args._[positionals];
  if (extra !== undefined) throw invalid(`Expected ${positionals} argument, got "${extra}" too`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
