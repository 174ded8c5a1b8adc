import { InnerloopError } from '../errors.ts';
import { Manifest, type Preprocessing } from './manifest.ts';
import { type Problem, problem, schemaProblems } from './schema-problems.ts';

export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** `model.json`, checked. @throws InnerloopError `invalid_package` that names the first wrong member, expected and got. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw invalid({ pointer: '', expected: `at most ${MAX_MANIFEST_BYTES} bytes`, got: `${bytes.length}` });
  const value = parseJson(new TextDecoder().decode(bytes));
  const [wrong] = schemaProblems(Manifest, value);
  if (wrong) throw invalid(wrong);
  const manifest = value as Manifest;
  const [inconsistent] = [
    ...innerProblems(manifest),
    ...outputProblems(manifest),
    ...inputProblems(manifest),
  ];
  if (inconsistent) throw invalid(inconsistent);
  return manifest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InnerloopError('invalid_package', 'model.json: expected JSON', { cause });
  }
}

/**
 * Problems of `inner` that a schema cannot express: minimum ≤ default ≤ maximum, and limits on classes if and only if
 * the task is classification. Pointers begin with `/inner`, both in a manifest and in a recipe.
 */
export function innerProblems({ inner, task }: Pick<Manifest, 'inner' | 'task'>): readonly Problem[] {
  const bounds = Object.entries(inner).flatMap(([name, each]) => {
    const { minimum, maximum } = each;
    if (minimum > maximum) return [problem(`/inner/${name}/minimum`, `at most ${maximum}`, minimum)];
    if (!('default' in each) || (each.default >= minimum && each.default <= maximum)) return [];
    return [problem(`/inner/${name}/default`, `from ${minimum} to ${maximum}`, each.default)];
  });
  const classification = task === 'classification';
  if (classification === (inner.classes !== undefined)) return bounds;
  const expected = classification ? 'bounds' : 'no classes for regression';
  return [...bounds, problem('/inner/classes', expected, inner.classes)];
}

/** Classification has one logit per class as its output; regression has no classes. */
function outputProblems({ task, output, state }: Manifest): readonly Problem[] {
  const classification = task === 'classification';
  const shape = output.shape.join();
  const right = classification ? shape === 'ways' : !output.shape.includes('ways');
  const names = state.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return [
    ...(right ? [] : [problem('/output/shape', classification ? '["ways"]' : 'numbers', output.shape)]),
    ...(twice === undefined ? [] : [problem('/state', 'each name once', twice)]),
  ];
}

const FORMAT_OF = { none: 1, image: 1, encoder: 2, row: 2 } as const satisfies Record<
  Preprocessing['kind'],
  number
>;

function inputProblems({ format, input: { shape, preprocessing } }: Manifest): readonly Problem[] {
  const { kind } = preprocessing;
  if (format !== FORMAT_OF[kind]) return [problem('/format', `${FORMAT_OF[kind]} for ${kind}`, format)];
  if (shape.includes('d') !== (kind === 'row') || (kind === 'row' && shape.length > 1))
    return [problem('/input/shape', kind === 'row' ? '["d"]' : 'numbers', shape)];
  if (kind === 'encoder' && shape.length !== 1) return [problem('/input/shape', 'an array of 1', shape)];
  // A picture has one channel after its ink is prepared.
  if (kind !== 'image' || !preprocessing.ink || preprocessing.channels === 1) return [];
  return [problem('/input/preprocessing/channels', '1 with ink', preprocessing.channels)];
}

function invalid(wrong: Problem): InnerloopError {
  const { pointer, expected, got } = wrong;
  const message = `model.json ${pointer}: expected ${expected}, got ${got}`.replace(' :', ':');
  return new InnerloopError('invalid_package', message, { ...wrong });
}
