import { type Content, textContent } from '../../../src/domain/content.ts';
import { tensorContent } from '../../../src/domain/tensor-content.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';
import type { RawExample } from '../../../src/service/service.ts';
import { tensor } from '../../../src/tensor.ts';
import { givenSupport } from '../../support/examples.ts';
import { packagesOverTexts } from '../../support/packages/over-texts.ts';
import { tinyPackages } from '../../support/packages.ts';
import { scratchFolder } from '../../support/scratch.ts';
import type { Installed } from './backends.ts';

/** A label and the numbers of a point. */
export type Example = readonly [label: string, ...point: number[]];

/** What tasks learn from: points, in one form or another. */
export interface Subject {
  readonly model: string;
  readonly installed: Installed;
  /** Digests of the encoders whose features are stored. */
  readonly encoders: readonly string[];
  inputOf(point: readonly number[]): RawInput;
  supportOf(examples: readonly Example[]): readonly RawExample[];
  /** The digest of the support set. */
  digestOf(examples: readonly Example[]): string;
}

/** Points [2] as numbers. */
export function numbers(): Subject {
  const packages = [tinyPackages.prototypes()];
  const contentOf = (x: readonly number[]) => tensorContent(tensor([x.length], x));
  return subject({ packages }, (value) => ({ kind: 'json', value }), contentOf);
}

/** Points as texts, which an encoder reads. */
export async function texts(): Promise<Subject> {
  const { packages, encoders } = await packagesOverTexts(await scratchFolder());
  const text = (point: readonly number[]) => point.map(wordOf).join(' and ');
  return subject(
    { packages, encoders },
    (point) => ({ kind: 'text', text: text(point) }),
    (point) => textContent(text(point)),
  );
}

function subject(
  installed: Installed,
  inputOf: Subject['inputOf'],
  contentOf: (point: readonly number[]) => Content,
): Subject {
  return {
    model: installed.packages[0]?.manifest.name ?? '',
    installed,
    encoders: (installed.encoders ?? []).map(({ manifest }) => manifest.digest),
    inputOf,
    supportOf: (examples) => examples.map(([label, ...point]) => ({ label, input: inputOf(point) })),
    digestOf: (examples) =>
      givenSupport(examples.map(([label, ...x]) => ({ label, x, content: contentOf(x) }))).support.digest,
  };
}

/** The tiny encoder tells letters apart, and not digits. */
function wordOf(value: number): string {
  return String(value).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
}
