import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Config } from '../config.ts';
import { InnerloopError } from '../errors.ts';
import { wrongCombinations } from './combinations.ts';
import { lists, patterned, redisUrlProblem } from './value-checks.ts';

type Setting = TSchema & { readonly type?: string; readonly default?: unknown; readonly isSecret?: boolean };

/** The items of a comma-separated setting. */
export function itemsOf(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The expected value in words: the library's messages show patterns, and do not list choices. */
function wordsOf(
  { keyword, message, params }: ReturnType<typeof Value.Errors>[number],
  name: string,
): string {
  if (keyword === 'type') return 'must be a whole number, without a unit';
  if (keyword === 'pattern') return `must be ${patterned[name]}`;
  if (keyword === 'minimum') return `must be at least ${(params as { limit: number }).limit}`;
  if (keyword === 'maximum') return `must be at most ${(params as { limit: number }).limit}`;
  if (keyword !== 'enum') return message;
  return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
}

/**
 * The settings in `environment`. Empty variables count as absent; unknown variables are ignored (`misspelt` finds probable
 * typing errors).
 * @throws InnerloopError `invalid_config` that lists all problems
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries<Setting>(Config.properties)) {
    const text = environment[name] || undefined;
    const isNumber = schema.type === 'integer';
    const value =
      text === undefined ? schema.default : isNumber && /^-?\d+$/.test(text) ? Number(text) : text;
    const [error] = Value.Errors(schema, value);
    const got = schema.isSecret ? 'another text' : JSON.stringify(text);
    if (error) problems.push(`${name} ${wordsOf(error, name)}, got ${got}`);
    config[name] = value;
  }
  for (const [name, { expected, isItem }] of Object.entries(lists)) {
    const wrong = itemsOf(String(config[name])).find((item) => !isItem(item));
    if (wrong !== undefined) problems.push(`${name} must be ${expected}, got ${JSON.stringify(wrong)}`);
  }
  for (const name of ['REDIS_URL', 'QUEUE_REDIS_URL', 'CACHE_REDIS_URL']) {
    const wrong = redisUrlProblem(String(config[name]));
    if (wrong !== null) problems.push(`${name} ${wrong}`);
  }
  problems.push(...wrongCombinations(config));
  if (problems.length > 0) throw new InnerloopError('invalid_config', problems.join('\n'));
  return Object.freeze(Value.Parse(Config, config));
}
