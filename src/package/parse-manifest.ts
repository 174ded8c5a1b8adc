import { Check, Errors } from 'typebox/value';
import { InnerloopError } from '../errors.ts';
import { Manifest } from './manifest.ts';

/** `model.json`, checked. @throws InnerloopError `invalid_package` that names the member at fault. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const value = parseJson(new TextDecoder().decode(bytes));
  if (!Check(Manifest, value)) throw schemaError(value);
  verifyBounds(value);
  verifyKind(value);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InnerloopError('invalid_package', 'model.json: expected JSON', { cause });
  }
}

function schemaError(value: unknown): InnerloopError {
  const errors = Errors(Manifest, value);
  // An unknown member is reported at the member itself too, as a schema that is `false`.
  const error = errors.find(({ keyword }) => keyword !== 'boolean') ?? errors[0];
  if (!error) return invalid('', 'a manifest', value);
  const at = error.instancePath;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = error.params.additionalProperties[0] ?? '';
      return invalid(`${at}/${name}`, 'no such member', memberAt(value, `${at}/${name}`));
    }
    case 'required':
      return invalid(`${at}/${error.params.requiredProperties[0]}`, 'a value', undefined);
    case 'const':
      return invalid(at, JSON.stringify(error.params.allowedValue), memberAt(value, at));
    default:
      return invalid(at, error.message.replace(/^must /, 'it to '), memberAt(value, at));
  }
}

function memberAt(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((each, name) => (each as Record<string, unknown> | undefined)?.[name], value);
}

/** What a schema cannot say: minimum ≤ default ≤ maximum. */
function verifyBounds({ inner }: Manifest): void {
  for (const [name, bounds] of Object.entries(inner)) {
    const { minimum, maximum } = bounds;
    if (minimum > maximum) throw invalid(`/inner/${name}/minimum`, `at most ${maximum}`, minimum);
    if (!('default' in bounds)) continue;
    const { default: preset } = bounds;
    if (preset < minimum || preset > maximum) {
      throw invalid(`/inner/${name}/default`, `from ${minimum} to ${maximum}`, preset);
    }
  }
}

/** Classification answers with one logit per class; regression knows no classes. */
function verifyKind({ task, inner, output, state }: Manifest): void {
  const classification = task === 'classification';
  if (classification !== (inner.classes !== undefined)) {
    throw invalid('/inner/classes', classification ? 'bounds' : 'no classes for regression', inner.classes);
  }
  const shape = output.shape.join();
  if (classification ? shape !== 'ways' : output.shape.includes('ways')) {
    throw invalid('/output/shape', classification ? '["ways"]' : 'numbers', output.shape);
  }
  const names = state.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid('/state', 'each name once', twice);
}

function invalid(pointer: string, expected: string, value: unknown): InnerloopError {
  const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
  const message = `model.json ${pointer}: expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_package', message, { pointer, expected, got });
}
