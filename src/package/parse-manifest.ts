import { Manifest, type Preprocessing } from './manifest.ts';
import { invalidDocument, parseDocument } from './parse-document.ts';
import { type Problem, problem } from './schema-problems.ts';

/** `model.json`, checked. @throws InnerloopError `invalid_package` that names the first wrong member, expected and got. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const manifest = parseDocument('model.json', Manifest, bytes);
  const [inconsistent] = [
    ...innerProblems(manifest),
    ...outputProblems(manifest),
    ...inputProblems(manifest),
  ];
  if (inconsistent) throw invalidDocument('model.json', inconsistent);
  return manifest;
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
