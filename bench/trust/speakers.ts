import { basename } from 'node:path';
import type { OpenTrainingContext } from '../../src/cli/context.ts';
import type { Manifest } from '../../src/package/manifest.ts';
import { classEpisodes } from '../../src/training/datasets/class-episodes.ts';
import { nameOfData } from '../../src/training/datasets/contents/content-classes.ts';
import { encoderReader } from '../../src/training/datasets/contents/contents.ts';
import { embedContents } from '../../src/training/datasets/contents/embed-contents.ts';
import { readContents } from '../../src/training/datasets/contents/read-contents.ts';
import type { EpisodeSource } from '../../src/training/datasets/dataset.ts';

export const DIGITS = 'data/audio/spoken_digits.zip';

/** Those of docs/decisions/0019 that nothing was chosen on. The four others are for fitting. */
const HELD_OUT: ReadonlySet<string> = new Set(['theo', 'yweweler']);

/** Tasks of spoken digits by some of the speakers. Clips are named `digit/digit_speaker_take.wav`. */
export async function speakerTasks(
  { input: { preprocessing } }: Manifest,
  split: 'train' | 'test',
  training: OpenTrainingContext,
): Promise<EpisodeSource> {
  if (preprocessing.kind !== 'encoder') throw new RangeError('Expected a package with an encoder');
  const reader = await encoderReader(preprocessing, training);
  const { width } = reader;
  const all = await readContents(DIGITS, 'audio');
  const rows = await embedContents(all, reader, training);
  const byLabel = new Map<string, number[]>();
  for (const [i, { label, place }] of all.entries()) {
    const speaker = basename(place).split('_')[1] ?? '';
    if (HELD_OUT.has(speaker) !== (split === 'test')) continue;
    const own = byLabel.get(label) ?? [];
    byLabel.set(label, own);
    own.push(i);
  }
  const classes = [...byLabel.values()];
  return classEpisodes({
    name: nameOfData(DIGITS),
    split,
    inputShape: [width],
    counts: classes.map(({ length }) => length),
    write(index, example, into) {
      rows.write(classes[index]?.[example] ?? 0, into);
    },
  });
}
