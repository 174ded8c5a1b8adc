import { printable } from '../../graph/import/refusal.ts';
import type { Preparation } from '../../package/encoder/preparation.ts';
import type { ImportOptions } from './options.ts';

/** Which tensor the features are, and why. `reason`: such as `output of the model`. */
export const featuresNote = (tensor: string, reason: string): string =>
  `The features are tensor ${printable(tensor)} (${printable(reason)}). --layer chooses another.`;

/** How long texts are in a run. `fixed`: why they do not keep their own length; null if they do. */
export const lengthNotes = (maxTokens: number, fixed: string | null): readonly string[] =>
  fixed === null
    ? [`A text is read at its own length, and cut after ${maxTokens} tokens; --tokens sets another number.`]
    : [
        `Every text is read as ${maxTokens} tokens, cut or padded; --tokens sets another number.`,
        `Short texts cost as much as long ones: ${fixed}.`,
      ];

/** The defaults that were used for the preparation, because neither an option nor a file beside the model states it. */
export function preparationNotes(prepared: Preparation, options: ImportOptions): readonly string[] {
  const { preparation: given = {}, files = {} } = options;
  const isStated = files['preprocessor_config.json'] !== undefined;
  if (prepared.kind === 'audio') {
    const { length = 0, sampleRate } = prepared;
    const assumed =
      given.sampleRate === undefined && !isStated ? ', which is assumed: --rate sets another' : '';
    const seconds = Number((length / sampleRate).toPrecision(3));
    return [`The first ${seconds} s of a sound are read: ${length} samples at ${sampleRate} Hz${assumed}.`];
  }
  if (prepared.kind === 'image' && !isStated) {
    const missing = (['mean', 'deviation'] as const).filter((each) => given[each] === undefined);
    if (missing.length === 0) return [];
    const options = missing.map((each) => (each === 'mean' ? '--mean' : '--std')).join(' and ');
    const values = missing.map((each) => `${each} [${prepared[each].join(', ')}]`).join(' and ');
    return [
      `Nothing beside the model says how its training prepared pictures: ${values} are assumed. ${options} set others.`,
    ];
  }
  return [];
}
