import { isOp, type Value } from '../value.ts';
import { type Pass, rewrite } from './rewrite.ts';

/** Longer float constants are told apart by identity: weights are never equal by accident. */
const LONGEST_COMPARED = 1024;

/** Computes each distinct expression once: equal operator, attributes and inputs are one value. */
export const commonSubexpressions: Pass = (outputs) => {
  const ids = new Map<Value, number>();
  const canonical = new Map<string, Value>();
  return rewrite(outputs, (value) => {
    const key = keyOf(value, ids);
    const first = canonical.get(key) ?? value;
    canonical.set(key, first);
    if (!ids.has(first)) ids.set(first, ids.size);
    return first;
  });
};

function keyOf(value: Value, ids: ReadonlyMap<Value, number>): string {
  const inputs = value.inputs.map((each) => ids.get(each));
  const head = `${value.op}|${value.dtype}|${value.shape}|${inputs}`;
  if (!isOp(value, 'Constant')) return `${head}|${JSON.stringify(value.attributes)}`;
  const { data, name } = value.attributes;
  const weight = value.dtype === 'float32' && data.length > LONGEST_COMPARED;
  if (name !== undefined || weight) return `${head}|#${ids.size}`;
  // Bytes, not numbers: 0 and −0 print alike.
  return `${head}|${new Uint8Array(data.buffer, data.byteOffset, data.byteLength)}`;
}
