import type { FoundFile } from '../media/dropped.ts';
import { readTexts } from '../media/texts.ts';
import { photoInput, pictureInput, soundInput, textInput } from '../state/inputs.ts';
import type { Kind } from '../state/kinds.ts';
import type { Input } from '../state/labels.ts';
import { t } from '../words/words.ts';

interface Read {
  readonly byLabel: ReadonlyMap<string, readonly Input[]>;
  /** Names the files that could not be read; empty if all could. */
  readonly problem: string;
}

const READERS: Readonly<Record<Kind, (file: File) => Promise<Input>>> = {
  drawing: pictureInput,
  photos: photoInput,
  sound: soundInput,
  text: async (file) => textInput((await file.text()).trim()),
  table: async (file) => textInput(await file.text()),
};

/** Files as inputs by label: the name of their folder, or else `label`. Lines of text files may name their own. */
export async function inputsOf(kind: Kind, files: readonly FoundFile[], label: string): Promise<Read> {
  const byLabel = new Map<string, Input[]>();
  const refused: string[] = [];
  const add = (name: string, input: Input) => byLabel.set(name, [...(byLabel.get(name) ?? []), input]);
  for (const { file, folder } of files) {
    try {
      if (kind === 'text' && folder === null) {
        for (const { label: own, text } of readTexts(await file.text())) add(own ?? label, textInput(text));
      } else add(folder ?? label, await READERS[kind](file));
    } catch {
      refused.push(file.name);
    }
  }
  return { byLabel, problem: refused.length === 0 ? '' : t().unreadable(refused.join(', '), kind) };
}
