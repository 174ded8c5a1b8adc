import type { RecurrenceOps } from '../../../../src/graph/value.ts';
import { type NdArray, sizeOf } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

/** x[i] of x [N, …]. */
function itemOf({ shape: [, ...rest], data }: NdArray, i: number): NdArray {
  const size = sizeOf(rest);
  return { shape: rest, data: data.subarray(i * size, (i + 1) * size) };
}

function stackOf(items: readonly NdArray[]): NdArray {
  const [first] = items;
  const size = first?.data.length ?? 0;
  const stacked = new Float64Array(items.length * size);
  items.forEach(({ data }, i) => {
    stacked.set(data, i * size);
  });
  return { shape: [items.length, ...(first?.shape ?? [])], data: stacked };
}

export const recurrence: FamilyInterpreters<RecurrenceOps> = {
  Scan(operands, { attributes: { body, carries, sequences, reverse } }, _, run) {
    const [length = 0] = operand(operands, carries).shape;
    const captured = operands.slice(carries + sequences);
    let state = operands.slice(0, carries);
    const outputs: (readonly NdArray[])[] = [];
    for (let step = 0; step < length; step++) {
      const at = reverse ? length - 1 - step : step;
      const items = operands.slice(carries, carries + sequences).map((each) => itemOf(each, at));
      const given = [...state, ...items, ...captured];
      const feeds = body.parameters.map(({ attributes: { name } }, i) => [name, operand(given, i)] as const);
      const results = run(body.results, Object.fromEntries(feeds));
      state = results.slice(0, carries);
      outputs[at] = results.slice(carries);
    }
    const stacked = body.results
      .slice(carries)
      .map((_, i) => stackOf(outputs.map((each) => operand(each, i))));
    return { shape: [], data: new Float64Array(), results: [...state, ...stacked] };
  },
  ScanResult: (operands, { attributes: { index } }) => operand(operand(operands, 0).results ?? [], index),
};
