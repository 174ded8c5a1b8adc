import { InnerloopError } from '../errors.ts';
import type { Warning } from './warning.ts';

/** In UTF-16 code units, as the `length` of a string. */
export const MAX_LABEL_LENGTH = 128;

/** @throws InnerloopError `invalid_support_set` at `/label` */
export function checkLabel(label: string | undefined): void {
  if (label !== undefined && label.length > 0 && label.length <= MAX_LABEL_LENGTH) return;
  const expected = `a label of 1 to ${MAX_LABEL_LENGTH} characters`;
  const got = label === undefined ? 'none' : `${label.length} characters`;
  throw new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    pointer: '/label',
    expected,
    got,
  });
}

/** Most labels in one warning. */
const MAX_NAMED = 10;

/** Warns of a label that the task does not have yet: it may be a misspelling. */
export function warningsOfNew(label: string | undefined, known: readonly string[]): readonly Warning[] {
  if (label === undefined || known.includes(label)) return [];
  const named = known.slice(0, MAX_NAMED).map((each) => JSON.stringify(each));
  const more = known.length > MAX_NAMED ? ', …' : '';
  const detail = `The task had no label ${JSON.stringify(label)} before, but ${named.join(', ')}${more}: it is a new label now`;
  return [{ code: 'new_label', pointer: '/label', detail }];
}

/** Warns of labels that differ only in letter case and spaces, each once. */
export function similarLabelWarnings(labels: readonly string[]): readonly Warning[] {
  const first = new Map<string, string>();
  return labels.flatMap((label) => {
    const folded = label.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
    const earlier = first.get(folded);
    first.set(folded, earlier ?? label);
    if (earlier === undefined) return [];
    const both = `${JSON.stringify(earlier)} and ${JSON.stringify(label)}`;
    const detail = `The labels ${both} differ only in letter case or spaces, and are learnt as two labels`;
    return [{ code: 'similar_labels', pointer: '/support', detail }];
  });
}
