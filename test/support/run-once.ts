import { type ForeignTensors, runForeign } from '../../src/adapters/onnxruntime/foreign/run-foreign.ts';

/** Runs a foreign model once, in this process. */
export async function runOnce(
  model: Uint8Array,
  feeds: ForeignTensors,
  outputs: readonly string[],
): Promise<ForeignTensors> {
  const [results] = await runForeign(model, [feeds], outputs);
  if (!results) throw new Error('Expected the results of one run');
  return results;
}
