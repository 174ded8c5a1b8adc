import type { SupportSet } from '../domain/support-set.ts';
import { decodeTensors, encodeTensors } from './tensor-bytes.ts';

/** A support set as bytes for a store. Decoding gives back an equal one, digest included. */
export function encodeSupport({ x, outcome, digest }: SupportSet): Uint8Array {
  return outcome.kind === 'labels'
    ? encodeTensors({ x }, { digest, outcome })
    : encodeTensors({ x, targets: outcome.targets }, { digest, outcome: { kind: 'targets' } });
}

export function decodeSupport(bytes: Uint8Array): SupportSet {
  const { tensors, meta } = decodeTensors(bytes);
  const { digest, outcome } = meta as Pick<SupportSet, 'digest' | 'outcome'>;
  const { x, targets } = tensors;
  if (!x) throw new RangeError('Expected a stored support set, got other tensors');
  return { x, digest, outcome: targets ? { kind: 'targets', targets } : outcome };
}
