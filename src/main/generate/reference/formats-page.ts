import type { TSchema } from 'typebox';
import { EncoderManifest } from '../../../package/encoder/encoder.ts';
import { Manifest } from '../../../package/manifest.ts';
import { markdownTable } from '../../../training/card/markdown-table.ts';
import { rowsOf } from './schema-rows.ts';

/** `docs/formats.md`: the files of a package and of an encoder, and each member of their manifests. */
export function formatsPage(): string {
  return `# Formats of packages and encoders

A **package** is a folder with a manifest and two or three ONNX graphs; an **encoder** is a folder with a manifest, one graph and its weights.
Both are checked before they are used: digests, sizes, the operators of the graphs, and their inputs and outputs. A manifest with an
unknown member is refused. (\`npm run reference\` writes this page from [src/package/manifest.ts](../src/package/manifest.ts) and
[src/package/encoder/encoder.ts](../src/package/encoder/encoder.ts).)

## Package

| File | What it computes |
|---|---|
| \`model.json\` | nothing: the manifest, below |
| \`init.onnx\` | \`init(support_x [N, …input], support_y [N, ways]) → state…\` |
| \`step.onnx\` | \`step(state…, support_x, support_y, rate []) → state…, loss []\`; absent if the algorithm takes no steps |
| \`predict.onnx\` | \`predict(state…, x [B, …input]) → y [B, ways]\` |

\`N\` (examples), \`B\` (inputs of a prediction) and \`ways\` (labels) are symbolic dimensions: any number fits. \`support_y\` has a 1 in the
column of an example's label; for numbers it is \`[N, …output]\`. Tensors of the state are inputs of \`step\` and \`predict\` under their names;
\`init\` returns them under the same names, and \`step\` as \`<name>.next\`.

${members(Manifest)}

## Encoder

| File | What it is |
|---|---|
| \`encoder.json\` | the manifest, below |
| \`embed.onnx\` | \`embed(inputs [B, …]) → features [B, d]\` |
| \`weights.bin\` | its weights, mapped into memory once |
| \`tokenizer.json\` | text only: a tokenizer of Hugging Face, or of our own form with \`ngrams\` |

${members(EncoderManifest)}
`;
}

/** @throws Error if a member has no description */
function members(schema: TSchema): string {
  const rows = rowsOf(schema).filter(({ type }) => !/^(array of )?object$/.test(type));
  return markdownTable(
    ['Member', 'Value', 'Meaning'],
    rows.map(({ path, type, isRequired, meaning }) => {
      if (meaning === '') throw new Error(`Expected a description of the member ${path}`);
      return [`\`${path}\`${isRequired ? '' : ' (optional)'}`, type, meaning];
    }),
  );
}
