import type { Program } from './program.ts';
import { isOp, topologicalOrder, type Value } from './value.ts';

/** The program as text, one value a line: `%3 = Mul(%1, %2) [N, 64]`. For tests, issues and eyes. */
export function print({ name, inputs, outputs }: Program): string {
  const ids = new Map<Value, string>();
  const lines: string[] = [];
  for (const value of topologicalOrder(Object.values(outputs))) {
    if (isOp(value, 'Input')) {
      ids.set(value, value.attributes.name);
      continue;
    }
    if (isOp(value, 'Constant')) {
      const { data, name: label } = value.attributes;
      ids.set(
        value,
        label ?? (data.length <= 8 ? `{${Array.from(data, Number).join(', ')}}` : `{${data.length} values}`),
      );
      continue;
    }
    const id = `%${lines.length}`;
    ids.set(value, id);
    const operands = value.inputs.map((each) => ids.get(each));
    const attributes = Object.entries(value.attributes).map(
      ([key, content]) => `${key}=${JSON.stringify(content)}`,
    );
    lines.push(
      `  ${id} = ${value.op}(${[...operands, ...attributes].join(', ')}) [${value.shape.join(', ')}]`,
    );
  }
  const signature = inputs.map((each) => `${each.attributes.name} [${each.shape.join(', ')}]`).join(', ');
  const results = Object.entries(outputs).map(([output, value]) => `  return ${output} = ${ids.get(value)}`);
  return [`${name}(${signature})`, ...lines, ...results].join('\n');
}
