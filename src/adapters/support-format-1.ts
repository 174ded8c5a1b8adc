import { createHash } from 'node:crypto';
import type { Example } from '../domain/example.ts';
import type { Outcome, SupportSet } from '../domain/support-set.ts';
import { rowContents } from '../domain/tensor-content.ts';
import { splitRows } from '../tensor.ts';
import { decodeTensors } from './tensor-bytes.ts';

/**
 * A support set as versions before 0.3 stored it: the inputs and targets as tensors. It keeps its digest, so the ids of its
 * adaptations stay valid. Its examples have no ids in the store; here they get ids that are the same at each read.
 */
export function readSupportFormat1(bytes: Uint8Array): SupportSet {
  const { tensors, meta } = decodeTensors(bytes);
  const { digest, outcome } = meta as { digest: string; outcome: Outcome };
  const { x, targets } = tensors;
  if (!x) throw new RangeError('Expected a stored support set with a tensor x, got other tensors');
  const answers = targets && splitRows(targets, 1);
  const examples = rowContents(x).map(
    ([content], i): Example => ({
      id: `ex_${createHash('sha256').update(`${digest} ${i}`).digest('hex').slice(0, 32)}`,
      kind: 'tensor',
      content,
      ...(answers && { target: [...(answers[i]?.data ?? [])] }),
      ...(outcome.kind === 'labels' && { label: outcome.labels[i] ?? '' }),
      weight: 1,
      createdAt: EPOCH,
      source: 'adapt',
    }),
  );
  return { examples, outcome: targets ? { kind: 'targets', targets } : outcome, digest, inputs: x };
}

/** Sets of format 1 do not say when they were made. */
const EPOCH = new Date(0).toISOString();
