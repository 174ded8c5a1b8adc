import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelOf } from '../../graph/export/encode.ts';
import { program } from '../../graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../graph/value.ts';
import { withoutUnitAxis } from '../../graph/vmap/unit-axis.ts';
import { vmap } from '../../graph/vmap/vmap.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { EncoderDraft } from '../../package/encoder/write-encoder.ts';
import { inputsOf, type NetworkOfEncoder } from './network-of-encoder.ts';

/**
 * An encoder of its own: the beginning of another one, up to where its last `blocks` begin. The same encoder always gives
 * the same bytes.
 */
export async function frozenBeginning(
  encoder: Encoder,
  network: NetworkOfEncoder,
  beginning: Value,
  blocks: number,
): Promise<EncoderDraft> {
  const { format: _, files: __, digest, ...facts } = encoder.manifest;
  return {
    facts: {
      ...facts,
      name: nameOfBeginning(facts.name, blocks),
      description: `Encoder ${facts.name} (${digest}) without its last ${blocks === 1 ? 'block' : `${blocks} blocks`}.`,
      inputs: inputsOf(encoder.manifest, network),
      features: Number(beginning.shape[0]),
    },
    program: modelOf(embedProgram(network.inputs, beginning)),
    ...(await filesOf(encoder)),
  };
}

/** The files beside program and weights. */
export async function filesOf({ manifest, folder }: Encoder): Promise<Pick<EncoderDraft, 'files'>> {
  const name = 'tokenizer.json';
  return manifest.files[name] ? { files: { [name]: await readFile(join(folder, name)) } } : {};
}

const MAX_NAME = 63;

function nameOfBeginning(encoder: string, blocks: number): string {
  const end = `-before-last-${blocks}`;
  return `${encoder.slice(0, MAX_NAME - end.length)}${end}`;
}

/** embed(inputs [B, …]) → features [B, d] of features of one example. */
export function embedProgram(inputs: readonly Value<'Input'>[], features: Value) {
  const names = inputs.map(({ attributes }) => attributes.name);
  const mapped = vmap([features], names, 'B');
  if ('missing' in mapped) {
    const { op, shape } = mapped.missing;
    throw new RangeError(`Expected operators that can run on a batch, got ${op} [${shape}]`);
  }
  const [over] = withoutUnitAxis(mapped.values, 'B');
  const used = topologicalOrder([over as Value]).filter((each) => isOp(each, 'Input'));
  const ordered = names.flatMap((name) => used.find(({ attributes }) => attributes.name === name) ?? []);
  return program('embed', ordered, { features: over as Value });
}
