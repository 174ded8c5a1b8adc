import type { Program } from './program.ts';
import { isOp, topologicalOrder, type Value } from './value.ts';

/**
 * The program as text, one value a line: `%3 = Mul(%1, %2) [N, 64]`. A body stands indented below its operator.
 * For tests, issues and eyes.
 */
export function print({ name, inputs, outputs }: Program): string {
  return [signature(name, inputs), ...lines(Object.entries(outputs))].join('\n');
}

function signature(name: string, inputs: readonly Value<'Input'>[]): string {
  return `${name}(${inputs.map((each) => `${each.attributes.name} [${each.shape.join(', ')}]`).join(', ')})`;
}

function lines(outputs: readonly (readonly [name: string, value: Value])[]): readonly string[] {
  const ids = new Map<Value, string>();
  const written: string[] = [];
  let count = 0;
  for (const value of topologicalOrder(outputs.map(([, each]) => each))) {
    if (isOp(value, 'Input') || isOp(value, 'Constant')) {
      ids.set(value, nameOf(value));
      continue;
    }
    const id = `%${count++}`;
    ids.set(value, id);
    const operands = value.inputs.map((each) => ids.get(each));
    const attributes = Object.entries(value.attributes).flatMap(([key, content]) =>
      key === 'body' ? [] : [`${key}=${JSON.stringify(content)}`],
    );
    const made = `  ${id} = ${value.op}(${[...operands, ...attributes].join(', ')})`;
    if (!isOp(value, 'Scan')) {
      written.push(`${made} [${value.shape.join(', ')}]`);
      continue;
    }
    const { parameters, results } = value.attributes.body;
    const inner = [signature('body', parameters), ...lines(results.map((each, i) => [`${i}`, each]))];
    written.push(made, ...inner.map((line) => `    ${line}`));
  }
  return [...written, ...outputs.map(([output, value]) => `  return ${output} = ${ids.get(value)}`)];
}

/** An input's or a weight's name; the numbers of a short constant. */
function nameOf({ attributes }: Value<'Input'> | Value<'Constant'>): string {
  if (!('data' in attributes)) return attributes.name;
  const { data, name } = attributes;
  return name ?? (data.length <= 8 ? `{${Array.from(data, Number).join(', ')}}` : `{${data.length} values}`);
}
