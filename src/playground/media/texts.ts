export interface LabelledText {
  /** Null if the line has no label. */
  readonly label: string | null;
  readonly text: string;
}

/** Reads pasted texts: one on each line, or `label<TAB>text`. Skips empty lines. */
export function readTexts(pasted: string): LabelledText[] {
  return pasted.split(/\r?\n/).flatMap((line): LabelledText[] => {
    const [, label, labelled] = /^([^\t]+)\t(.*\S.*)$/.exec(line) ?? [];
    if (label !== undefined && labelled !== undefined)
      return [{ label: label.trim(), text: labelled.trim() }];
    return line.trim() === '' ? [] : [{ label: null, text: line.trim() }];
  });
}
