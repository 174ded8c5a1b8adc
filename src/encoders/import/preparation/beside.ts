import type { FilesBeside } from '../options.ts';
import { invalidModel } from '../read-model.ts';

export type Json = Readonly<Record<string, unknown>>;

const MAX_BYTES = 2 ** 20;

/** A small JSON object beside the model; empty when it is not there. @throws InnerloopError `invalid_package` */
export function readBeside(files: FilesBeside, name: Exclude<keyof FilesBeside, 'tokenizer.json'>): Json {
  const bytes = files[name];
  if (!bytes) return {};
  if (bytes.length > MAX_BYTES) throw invalidModel(`${name} of at most ${MAX_BYTES} bytes`, bytes.length);
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isObject(found)) return found;
  } catch {
    // Reported below.
  }
  throw invalidModel(`${name} to be a JSON object`, 'other bytes');
}

export const isObject = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x);

export const numberIn = (x: unknown): number | undefined =>
  typeof x === 'number' && Number.isFinite(x) ? x : undefined;
