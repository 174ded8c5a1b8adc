import { type Names, nameBody, nameValues } from './export/names.ts';
import type { OnPass, Program } from './program.ts';
import { isOp, topologicalOrder, type Value } from './value.ts';

/**
 * The program as text, one value a line: `Mul_3 = Mul(Exp_1, w) [N, 64]`, `Shape_4 = Shape(x) [2] int64`. A scan's body is
 * indented below it. Names are those of the nodes in the exported model.
 */
export function print(program: Program): string {
  const names = nameValues(program);
  return [
    signature(program.name, program.inputs, names),
    ...lines(Object.entries(program.outputs), names),
  ].join('\n');
}

/** Prints the program as it was built, and again after each pass that changes it. */
export function logPasses(write: (text: string) => void): OnPass {
  let current: string | undefined;
  return (pass, before, after) => {
    if (current === undefined) {
      current = print(before);
      write(`# as built\n${current}\n`);
    }
    const next = print(after);
    write(next === current ? `# ${pass}: no change\n` : `# after ${pass}\n${next}\n`);
    current = next;
  };
}

function signature(name: string, inputs: readonly Value<'Input'>[], names: Names): string {
  return `${name}(${inputs.map((each) => `${names.get(each)} ${typeText(each)}`).join(', ')})`;
}

/** The shape of a value, and behind it the type unless that is float32. */
const typeText = ({ shape, dtype }: Value): string =>
  `[${shape.join(', ')}]${dtype === 'float32' ? '' : ` ${dtype}`}`;

function lines(outputs: readonly (readonly [name: string, value: Value])[], names: Names): readonly string[] {
  const written = topologicalOrder(outputs.map(([, each]) => each)).flatMap((value) => {
    if (isOp(value, 'Input') || isOp(value, 'Constant')) return [];
    const operands = value.inputs.map((each) => operandText(each, names));
    const attributes = Object.entries(value.attributes).flatMap(([key, content]) =>
      key === 'body' ? [] : [`${key}=${JSON.stringify(content)}`],
    );
    const made = `  ${names.get(value)} = ${value.op}(${[...operands, ...attributes].join(', ')})`;
    if (!isOp(value, 'Scan')) return [`${made} ${typeText(value)}`];
    const { parameters, results } = value.attributes.body;
    const inner = nameBody(value, names);
    const body = [
      signature('body', parameters, inner),
      ...lines(
        results.map((each, i) => [`${i}`, each]),
        inner,
      ),
    ];
    return [made, ...body.map((line) => `    ${line}`)];
  });
  const returned = outputs.map(([output, value]) => {
    const operand = operandText(value, names);
    return operand === output ? `  return ${output}` : `  return ${output} = ${operand}`;
  });
  return [...written, ...returned];
}

/** A value's name, or the numbers of a short unnamed constant. */
function operandText(value: Value, names: Names): string {
  if (!isOp(value, 'Constant') || value.attributes.name !== undefined) return names.get(value) ?? '?';
  const { data } = value.attributes;
  return data.length <= 8 ? `{${Array.from(data, Number).join(', ')}}` : `{${data.length} values}`;
}
