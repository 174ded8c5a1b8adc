import { describe, expect, it } from 'vitest';
import { similarLabelWarnings, warningsOfNew } from '../../src/domain/labels.ts';

describe('warningsOfNew', () => {
  it('warns of a label that is not known, and names known ones', () => {
    expect(warningsOfNew('shiping', ['login', 'shipping'])).toEqual([
      {
        code: 'new_label',
        pointer: '/label',
        detail: 'The task had no label "shiping" before, but "login", "shipping": it is a new label now',
      },
    ]);
  });

  it('names at most ten', () => {
    const known = Array.from({ length: 300 }, (_, n) => `l${n}`);
    const [warning] = warningsOfNew('m', known);
    expect(warning?.detail).toContain('"l9", …:');
    expect(warning?.detail).not.toContain('l10');
  });

  it('says nothing of known labels, and of numbers to predict', () => {
    expect(warningsOfNew('login', ['login'])).toEqual([]);
    expect(warningsOfNew(undefined, [])).toEqual([]);
  });
});

describe('similarLabelWarnings', () => {
  it('warns of labels that differ in case or spaces, or in the form of their letters', () => {
    const details = (...labels: string[]) => similarLabelWarnings(labels).map(({ detail }) => detail);
    const differ = (first: string, second: string) =>
      `The labels "${first}" and "${second}" differ only in letter case or spaces, and are learnt as two labels`;
    expect(details('Billing', 'billing', 'login', 'billing ')).toEqual([
      differ('Billing', 'billing'),
      differ('Billing', 'billing '),
    ]);
    expect(details('caf\u00e9', 'cafe\u0301')).toHaveLength(1);
    expect(details('a', 'b', 'ab', 'a b')).toEqual([]);
  });
});
