import { createHash } from 'node:crypto';
import { includingBodies } from '../rewriting/including-bodies.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { type Body, isOp, type Numbers, topologicalOrder, type Value } from '../value.ts';

/** Longer float constants are compared by identity, not by content: weights are never equal by accident. */
const MAX_COMPARED_LENGTH = 1024;

/** Computes each distinct expression once: values with equal operator, attributes and inputs become one value. */
export const commonSubexpressions: Pass = includingBodies((outputs, order) => {
  const ids = new Map<Value, number>();
  const canonical = new Map<string, Value>();
  const identityOf = numbering();
  const firstOf = (value: Value): Value => {
    const key = keyOf(value, ids, identityOf);
    const first = canonical.get(key);
    if (first) return first;
    canonical.set(key, value);
    ids.set(value, ids.size);
    return value;
  };
  return rewrite(outputs, firstOf, order);
});

type Numbering = (value: Value) => number;

/** Gives each value a number of its own. The same value always gets the same number. */
function numbering(): Numbering {
  const numbers = new Map<Value, number>();
  return (value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
}

function keyOf(value: Value, ids: ReadonlyMap<Value, number>, identityOf: Numbering): string {
  const inputs = value.inputs.map((each) => ids.get(each));
  const head = `${value.op}|${value.dtype}|${value.shape}|${inputs}`;
  if (isOp(value, 'Scan')) {
    const { body, ...attributes } = value.attributes;
    return `${head}|${JSON.stringify(attributes)}|${bodyKey(body, identityOf)}`;
  }
  if (!isOp(value, 'Constant')) return `${head}|${JSON.stringify(value.attributes)}`;
  const { data, name } = value.attributes;
  const weight = value.dtype === 'float32' && data.length > MAX_COMPARED_LENGTH;
  if (name !== undefined || weight) return `${head}|#${identityOf(value)}`;
  return `${head}|${contentOf(data)}`;
}

/** The same text for constants with the same bytes: they are compared as bytes, because 0 and −0 are equal numbers. */
function contentOf(data: Numbers): string {
  const known = contents.get(data);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const content = bytes.length <= MAX_WRITTEN_BYTES ? `${bytes}` : digestOf(bytes);
  contents.set(data, content);
  return content;
}

/** Longer contents are compared by their digest: indices of a gather may be a million numbers. */
const MAX_WRITTEN_BYTES = 128;
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
/** Passes run several times over the same constants, whose data never change. */
const contents = new WeakMap<Numbers, string>();

/** Equal for bodies that compute the same function of parameters in the same order. */
function bodyKey({ parameters, results }: Body, identityOf: Numbering): string {
  const ids = new Map<Value, number>();
  const lines = topologicalOrder([...parameters, ...results]).map((each) => {
    const key = keyOf(each, ids, identityOf);
    ids.set(each, ids.size);
    return key;
  });
  return `{${lines.join(';')}|${results.map((each) => ids.get(each))}}`;
}
