import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/graph/export/encode.ts';
import { operators } from '../../src/graph/operators.ts';
import { constant, convWeightGradient, input, positive, stopGradient } from '../../src/graph/ops/index.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { attributeTypes } from '../../src/onnx/schema.ts';
import { ALLOWED_OPERATORS } from '../../src/package/allowed-operators.ts';
import { tensor } from '../../src/tensor.ts';
import type { Case } from '../autodiff/cases/case.ts';
import { cases } from '../autodiff/cases/cases.ts';
import { discreteCases } from '../autodiff/cases/discrete-cases.ts';
import { inputsOf } from '../support/reference/gradients.ts';

const allCases = Object.values({ ...cases, ...discreteCases }).flat();
/** Lowering writes these in ONNX operators. */
const OURS = ['StopGradient', 'ConvWeightGradient', 'Step'];

/** The values of a case as it is built, not lowered, and the nodes of its model: none if it has operators of our own. */
const exported = ({ shapes, build }: Case) => {
  const [a, b, c] = ['a', 'b', 'c'].map((name, i) => input(name, shapes[i] ?? []));
  const y = build(a as Value, b as Value, c as Value);
  const values = topologicalOrder([y]);
  if (values.some(({ op }) => OURS.includes(op))) return { values, nodes: [] };
  const model = modelOf({ name: 'case', inputs: inputsOf([y]), outputs: { y } });
  return { values, nodes: decodeModel(encodeModel(model)).nodes };
};
/** All operators read the same models. */
const exports = allCases.map(exported);

describe.each(Object.entries(operators))('operator %s', (op, types) => {
  const attributesOf = (values: readonly Value[]) =>
    values.filter((each) => each.op === op).map(({ attributes }) => attributes);

  it('may be used by a package', () => {
    expect(ALLOWED_OPERATORS).toContain(op);
  });

  it('is decoded with the attributes that it was encoded with, each of its stated type', () => {
    let seen = 0;
    for (const { values, nodes: all } of exports) {
      if (attributesOf(values).length === 0 || all.length === 0) continue;
      const nodes = all.filter(({ opType }) => opType === op);
      const found = nodes.map(({ attributes }) =>
        Object.fromEntries(attributes.map((of) => [of.name, 'value' in of ? of.value : of])),
      );
      // The exporter may add an Identity to give an output its name.
      expect(found.slice(0, attributesOf(values).length)).toEqual(attributesOf(values));
      for (const { attributes } of nodes.slice(0, attributesOf(values).length))
        expect(Object.fromEntries(attributes.map((of) => [of.name, of.type]))).toEqual(
          Object.fromEntries(Object.entries(types).map(([name, { onnx }]) => [name, onnx])),
        );
      seen += nodes.length;
    }
    expect(seen).toBeGreaterThan(0);
  });

  it('has attributes of types that the file format knows', () => {
    for (const { onnx } of Object.values(types)) expect(attributeTypes).toHaveProperty(onnx);
  });
});

describe('operators that ONNX does not have', () => {
  const image = input('image', [1, 1, 4, 4]);
  it.each([
    ['StopGradient', stopGradient(image)],
    ['Step', positive(image)],
    ['ConvWeightGradient', convWeightGradient(image, input('dy', [1, 1, 2, 2]), [3, 3])],
  ])('%s is refused if lowering has not removed it', (op, y) => {
    const export_ = () => modelOf({ name: 'f', inputs: inputsOf([y]), outputs: { y } });
    expect(export_).toThrow(TypeError);
    expect(export_).toThrow(`Expected operators of ONNX, got ${op}: use program(), which lowers it`);
  });
});

describe('a float attribute', () => {
  it('is written as a float, also when it is a whole number', () => {
    const [x, w] = [input('x', [2]), constant(tensor([2], [1, 2]), 'w')];
    for (const alpha of [0.25, 2]) {
      const y = {
        ...x,
        op: 'HardSigmoid',
        inputs: [w],
        attributes: { alpha, beta: 0.5 },
      } as Value<'HardSigmoid'>;
      const [node] = decodeModel(encodeModel(modelOf({ name: 'f', inputs: [], outputs: { y } }))).nodes;
      expect(node?.attributes).toEqual([
        { name: 'alpha', type: 'float', value: alpha },
        { name: 'beta', type: 'float', value: 0.5 },
      ]);
    }
  });
});
