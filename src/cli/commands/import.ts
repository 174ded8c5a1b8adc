import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { importModel } from '../../encoders/import/import-model.ts';
import {
  type FilesBeside,
  IMPORT_KINDS,
  type ImportKind,
  type ImportReport,
} from '../../encoders/import/options.ts';
import { InnerloopError } from '../../errors.ts';
import { writeEncoder } from '../../package/encoder/write-encoder.ts';
import { isSystemError } from '../../package/files.ts';
import { integer, requireKnown } from '../arguments.ts';
import type { CliContext } from '../context.ts';

const args = {
  model: { type: 'positional', description: 'The model: an .onnx file', required: true },
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

/** `innerloop import <model.onnx> --name n --input image`: make an encoder from a model of others. */
export function importCommand(context: CliContext) {
  return defineCommand({
    meta: {
      name: 'import',
      description: 'Make an encoder from an ONNX model of PyTorch, TensorFlow or others',
    },
    args,
    async run({ args: given }) {
      requireKnown(given, args);
      const name = required('name', given.name);
      const kind = oneOf('input', required('input', given.input), IMPORT_KINDS);
      const { runForeign, maxBytes, folder } = context.openImporting();
      const bytes = await readBounded(given.model, maxBytes);
      const [files, weights] = [
        await filesBeside(given.model, given.tokenizer),
        await weightsBeside(given, maxBytes),
      ];
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
          source: {
            file: basename(given.model),
            origin: `file:${basename(given.model)}`,
            sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
          },
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

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size <= maxBytes) return readFile(path);
  const message = `${path}: expected at most ${maxBytes} bytes (IMPORT_MAX_BYTES), got ${size}`;
  throw new InnerloopError('invalid_package', message);
}

const NOT_THERE = (error: unknown) => {
  if (isSystemError(error) && error.code === 'ENOENT') return undefined;
  throw error;
};

const MAX_BESIDE_BYTES = 16 * 2 ** 20;

async function filesBeside(model: string, tokenizer: string | undefined): Promise<FilesBeside> {
  const names = [
    'preprocessor_config.json',
    'config.json',
    'tokenizer_config.json',
    'tokenizer.json',
  ] as const;
  const found = await Promise.all(
    names.map(async (name) => {
      const isGiven = name === 'tokenizer.json' && tokenizer !== undefined;
      const path = isGiven ? tokenizer : join(dirname(model), name);
      const bytes = await readBounded(path, MAX_BESIDE_BYTES).catch(
        isGiven ? (error) => Promise.reject(error) : NOT_THERE,
      );
      return bytes ? [[name, bytes] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The one file of values: by option, or by the names that PyTorch and Optimum give it. */
async function weightsBeside(
  given: { readonly model: string; readonly weights?: string | undefined },
  maxBytes: number,
) {
  const paths =
    given.weights === undefined ? [`${given.model}.data`, `${given.model}_data`] : [given.weights];
  for (const path of paths) {
    const bytes = await readBounded(path, maxBytes).catch(
      given.weights === undefined ? NOT_THERE : undefined,
    );
    if (bytes) return { name: basename(path), bytes, folder: dirname(path) };
  }
  return undefined;
}
