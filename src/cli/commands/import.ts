import { type ArgsDef, defineCommand } from 'citty';
import { importModel } from '../../encoders/import/import-model.ts';
import { IMPORT_KINDS, type ImportKind, type ImportReport } from '../../encoders/import/options.ts';
import { InnerloopError } from '../../errors.ts';
import { writeEncoder } from '../../package/encoder/write-encoder.ts';
import { integer, requireKnown } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { filesBeside, modelFile, weightsBeside } from '../import-files.ts';

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
    description: 'Tensor or node whose result are the features (default: what the last classifier reads)',
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
    description: 'The file with values of the model (default: <model>.data or <model>_data beside it)',
  },
  license: { type: 'string', description: 'SPDX expression of the licence of the weights' },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder for the encoder (default: encoders in DATA_DIR)',
  },
} as const satisfies ArgsDef;

/** `innerloop import <model.onnx> --name n --input image`, or `--from <address> --sha256 <digest>`: make an encoder from a model of others. */
export function importCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'import',
      description: 'Make an encoder from an ONNX or tflite model of PyTorch, TensorFlow or others',
    },
    args,
    async run({ args: given }) {
      requireKnown(given, args);
      const name = required('name', given.name);
      const kind = oneOf('input', required('input', given.input), IMPORT_KINDS);
      const importing = context.openImporting();
      const { runForeign, maxBytes, folder } = importing;
      const { bytes, source, path } = await modelFile(given, importing, context);
      const files = await filesBeside(path, given.tokenizer);
      const weights = await weightsBeside(path, given.weights, maxBytes);
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
            ...(given.mean !== undefined && { mean: numbers('mean', given.mean) }),
            ...(given.std !== undefined && { deviation: numbers('std', given.std) }),
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
      const encoder = await writeEncoder(given.out ?? folder, draft);
      context.stdout.write(`${describe(kind, report)}\n${name} is in ${encoder.folder}\n`);
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
    `form         ${form === 'values' ? 'values: gradients reach inside' : 'frozen: runs as it is in its file'}`,
    `weights      ${(weightBytes / 1e6).toFixed(1)} MB`,
    `compared     differs from the original by ${difference.toExponential(1)} of the largest feature`,
    ...notes,
  ].join('\n');
}

function required(option: string, given: string | undefined): string {
  if (given !== undefined) return given;
  throw new InnerloopError('invalid_request', `Expected --${option}; see --help`);
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((each) => each === given);
  if (found !== undefined) return found;
  throw new InnerloopError(
    'invalid_request',
    `Expected --${option} to be ${known.join(', ')}, got "${given}"`,
  );
}

function numbers(option: string, given: string): readonly number[] {
  const list = given.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every((each) => Number.isFinite(each)) && [1, 3].includes(list.length)) return list;
  throw new InnerloopError('invalid_request', `Expected --${option} to be 1 or 3 numbers, got "${given}"`);
}
