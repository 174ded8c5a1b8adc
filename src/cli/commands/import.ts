import { importModel } from '../../encoders/import/import-model.ts';
import { IMPORT_KINDS, type ImportKind, type ImportReport } from '../../encoders/import/options.ts';
import { InnerloopError } from '../../errors.ts';
import { requireEncoderName, writeEncoder } from '../../package/encoder/write-encoder.ts';
import { integer } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { filesBeside, modelFile, weightsBeside } from '../import-files.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../parser/command.ts';

const args = {
  model: {
    type: 'positional',
    description: 'The model: an .onnx file, or a .tflite network of pictures',
    required: false,
  },
  from: {
    type: 'string',
    valueHint: 'address|file',
    description: 'Instead of MODEL: download it from this https: address, or copy this file. Needs --sha256',
  },
  sha256: {
    type: 'string',
    valueHint: 'digest',
    description:
      'With --from: SHA-256 of the model, 64 hexadecimal digits. It is checked before anything is read',
  },
  name: { type: 'string', description: 'Name of the encoder: a-z, 0-9 and hyphens' },
  input: { type: 'string', valueHint: IMPORT_KINDS.join('|'), description: 'What the model reads' },
  layer: {
    type: 'string',
    description: 'Tensor or node that gives the features (default: the input of the last classifier)',
  },
  pooling: {
    type: 'string',
    valueHint: 'mean|first',
    description: 'How tokens become one vector (default: mean)',
  },
  size: { type: 'string', description: 'Side of pictures in pixels (default: as the model says, else 224)' },
  fit: { type: 'string', valueHint: 'cover|contain|fill', description: 'How pictures fit (default: cover)' },
  mean: { type: 'string', description: 'Mean of pixels 0…1 for each channel, such as 0.485,0.456,0.406' },
  std: { type: 'string', description: 'Deviation of pixels 0…1 for each channel' },
  tokenizer: {
    type: 'string',
    valueHint: 'file',
    description: 'tokenizer.json (default: the one beside the model)',
  },
  tokens: {
    type: 'string',
    description: 'Tokens of a text that are read (default: as the model says, else 128)',
  },
  rate: { type: 'string', description: 'Rate of sounds in Hz (default: 16000)' },
  samples: {
    type: 'string',
    description: 'Samples of a sound that are read (default: as the model says, else 64000)',
  },
  weights: {
    type: 'string',
    valueHint: 'file',
    description: 'The file with the values of the model (default: <model>.data or <model>_data beside it)',
  },
  license: { type: 'string', description: 'SPDX expression of the licence of the weights' },
  replace: {
    type: 'boolean',
    description: 'Replace another encoder of this name. Packages over that one can then no longer be used',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder for the encoder (default: encoders in DATA_DIR)',
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

/**
 * `innerloop import <model.onnx> --name n --input image`, or `--from <address> --sha256 <digest>`: make an encoder from a model
 * of others.
 */
export function importCommand(context: CliContext): Command {
  return defineCommand({
    examples: [
      'innerloop import resnet18.onnx --name resnet18 --input image --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225',
    ],
    args,
    async run({ args: given }) {
      const { name, input } = requiredOf(given);
      requireEncoderName(name);
      const kind = oneOf('input', input, IMPORT_KINDS);
      requireOptionsOf(kind, given);
      const importing = await context.openImporting();
      const { runForeign, maxBytes, folder, taken } = importing;
      if (taken.includes(name))
        throw invalid(`Expected --name to be none of ${taken.join(', ')}, got ${name}`);
      const { bytes, source, path } = await modelFile(given, importing, context);
      const files = await filesBeside(path, given.tokenizer);
      const tokenizer = files['tokenizer.json'];
      if (kind === 'text' && tokenizer) await importing.tryTokenizer(tokenizer);
      const weights = await weightsBeside(path, given.weights, maxBytes);
      context.stderr.write(`Reading ${name}, and comparing it with the original\n`);
      const { draft, report } = await importModel(
        bytes,
        {
          name,
          kind,
          files,
          maxBytes,
          ...(weights && { weights }),
          ...(given.license !== undefined && { license: given.license }),
          ...(given.layer !== undefined && { layer: given.layer }),
          ...(given.pooling !== undefined && { pooling: oneOf('pooling', given.pooling, ['mean', 'first']) }),
          source,
          preparation: {
            ...(given.size !== undefined && { size: integer('size', given.size, 1, 4096) }),
            ...(given.fit !== undefined && { fit: oneOf('fit', given.fit, ['cover', 'contain', 'fill']) }),
            ...(given.mean !== undefined && { mean: pixels('mean', given.mean) }),
            ...(given.std !== undefined && { deviation: pixels('std', given.std) }),
            ...(given.tokens !== undefined && {
              maxTokens: integer('tokens', given.tokens, 2, 8192),
            }),
            ...(given.rate !== undefined && {
              sampleRate: integer('rate', given.rate, 1000, 48_000),
            }),
            ...(given.samples !== undefined && { samples: integer('samples', given.samples, 1, 10_000_000) }),
          },
        },
        runForeign,
      );
      context.signal.throwIfAborted();
      const encoder = await writeEncoder(given.out ?? folder, draft, { replaces: given.replace === true });
      const found = {
        name,
        folder: encoder.folder,
        ...report,
        operators: Object.fromEntries(report.operators),
      };
      answer(context, given.json, found, () =>
        [
          describe(kind, report),
          `${name} is in ${encoder.folder}`,
          `To make a package over it: innerloop train --encoder ${name} --data <${DATA[kind]}>`,
        ].join('\n'),
      );
    },
  });
}

/** What was found, one line each. */
function describe(kind: ImportKind, report: ImportReport): string {
  const { inputs, features, preparation, operators, form, weightBytes, difference, notes } = report;
  const { kind: _, ...settings } = preparation;
  const counted = [...operators].sort((a, b) => b[1] - a[1]).map(([op, count]) => `${op} ${count}`);
  return [
    `inputs       ${inputs.join('; ')}`,
    `features     ${features.tensor}: ${features.size} numbers, pooling: ${features.pooling}`,
    `preparation  ${kind} ${JSON.stringify(settings)}`,
    `operators    ${counted.join(', ')}`,
    `form         ${FORMS[form]}`,
    `weights      ${(weightBytes / 1e6).toFixed(1)} MB`,
    `compared     differs from the original by ${difference.toExponential(1)} of the largest feature`,
    ...notes,
  ].join('\n');
}

const FORMS: Readonly<Record<ImportReport['form'], string>> = {
  values: 'values: its weights can be trained',
  frozen: 'frozen: runs as it is in its file',
};

/** What `train` takes for an encoder of each kind. */
const DATA: Readonly<Record<ImportKind, string>> = {
  image: 'folder or .zip with a folder per class',
  audio: 'folder or .zip with a folder per class',
  text: 'table with label and text',
  vector: 'table with label and numbers',
};

/** Options that only one kind of input has. */
const OPTIONS: Readonly<Record<ImportKind, readonly (keyof typeof args)[]>> = {
  image: ['size', 'fit', 'mean', 'std'],
  text: ['tokenizer', 'tokens'],
  audio: ['rate', 'samples'],
  vector: [],
};

function requireOptionsOf(kind: ImportKind, given: Readonly<Record<string, unknown>>): void {
  for (const other of IMPORT_KINDS)
    for (const option of OPTIONS[other])
      if (other !== kind && given[option] !== undefined)
        throw invalid(`Expected --${option} with --input ${other} alone, got --input ${kind}`);
}

function requiredOf({
  name,
  input,
}: {
  readonly name?: string | undefined;
  readonly input?: string | undefined;
}) {
  if (name !== undefined && input !== undefined) return { name, input };
  const missing = [...(name === undefined ? ['--name'] : []), ...(input === undefined ? [INPUT] : [])];
  throw invalid(`Expected ${missing.join(' and ')}; see --help`);
}

const INPUT = `--input ${IMPORT_KINDS.join('|')}`;

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((each) => each === given);
  if (found !== undefined) return found;
  throw invalid(`Expected --${option} to be ${known.join(', ')}, got "${given}"`);
}

/** Values for pixels 0…1. Many people write the values for 0…255. */
function pixels(option: 'mean' | 'std', given: string): readonly number[] {
  const list = numbers(option, given);
  const isPossible = (each: number) => (option === 'mean' ? each >= 0 : each > 0) && each <= 1;
  if (list.every(isPossible)) return list;
  const bounds = option === 'mean' ? 'from 0 to 1' : 'above 0 and at most 1';
  const hint = list.some((each) => each > 1) ? ': divide those of pixels 0…255 by 255' : '';
  throw invalid(`Expected --${option} to be of pixels 0…1, ${bounds}, got "${given}"${hint}`);
}

function numbers(option: string, given: string): readonly number[] {
  const list = given.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every((each) => Number.isFinite(each)) && [1, 3].includes(list.length)) return list;
  throw invalid(`Expected --${option} to be 1 or 3 numbers, got "${given}"`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
