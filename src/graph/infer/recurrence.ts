import type { Dim } from '../../onnx/dim.ts';
import type { RecurrenceOps } from '../node.ts';
import { inputOf, isOp } from '../node.ts';
import type { FamilyInferences } from './inference.ts';

export const recurrence: FamilyInferences<RecurrenceOps> = {
  // A scan stands for all of its results; each of them has a type of its own.
  Scan: () => ({ shape: [], dtype: 'float32' }),
  /** A rebuilt result keeps its type: its scan may have lost results already, and its index is corrected only later. */
  ScanResult(node, stated) {
    if (stated?.shape && stated.dtype) return { shape: stated.shape, dtype: stated.dtype };
    const scan = inputOf(node, 0);
    if (!isOp(scan, 'Scan')) throw new RangeError(`Expected a Scan, got ${scan.op}`);
    const { body, carries } = scan.attributes;
    const { index } = node.attributes;
    const result = body.results[index];
    if (!result) throw new RangeError(`Expected a result index below ${body.results.length}, got ${index}`);
    const [length] = inputOf(scan, carries).shape;
    return { shape: index < carries ? result.shape : [length as Dim, ...result.shape], dtype: result.dtype };
  },
};
