import { InnerloopError } from '../../errors.ts';
import type { Argument } from './command.ts';

/** The value of an option. @throws InnerloopError `invalid_request` for none, or a word that is not in the list */
export function optionValue(name: string, argument: Argument, value: string): string {
  if (value === '') throw invalid(`Expected a value after --${name}; see --help`);
  // A path or a text may begin with one hyphen.
  if (value.startsWith('--')) throw invalid(`Expected a value after --${name}, got the option ${value}`);
  if (argument.type !== 'enum' || argument.options.includes(value)) return value;
  throw invalid(`Expected --${name} to be one of ${argument.options.join(', ')}; got "${value}"`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
