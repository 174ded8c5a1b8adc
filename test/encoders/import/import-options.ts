import { runForeign } from '../../../src/adapters/onnxruntime/foreign/run-foreign.ts';
import { importModel } from '../../../src/encoders/import/import-model.ts';
import type { ImportedModel, ImportKind, ImportOptions } from '../../../src/encoders/import/options.ts';

/** Any tokenizer: the importer copies it, and reads its padding. */
export const tokenizer = Buffer.from(
  JSON.stringify({ padding: { pad_id: 3 }, model: { type: 'WordPiece' } }),
);

export const optionsOf = (kind: ImportKind, change: Partial<ImportOptions> = {}): ImportOptions => ({
  name: 'imported',
  kind,
  source: { file: 'model.onnx', origin: 'file:model.onnx', sha256: `sha256:${'0'.repeat(64)}` },
  maxBytes: 2 ** 30,
  files: kind === 'text' ? { 'tokenizer.json': tokenizer } : {},
  ...change,
});

export const importBytes = (
  bytes: Uint8Array,
  kind: ImportKind,
  change: Partial<ImportOptions> = {},
): Promise<ImportedModel> => importModel(bytes, optionsOf(kind, change), runForeign);
