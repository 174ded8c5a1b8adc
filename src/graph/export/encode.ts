import { encodeModel, newModel } from '../../onnx/encode.ts';
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from '../../onnx/model.ts';
import { dataTypes } from '../../onnx/schema.ts';
import { operators } from '../operators.ts';
import type { Program } from '../program.ts';
import { none, type OpType, topologicalOrder, type Value } from '../value.ts';
import { bodyResultName, type Names, nameBody, nameValues, resultName } from './names.ts';

/** The program as the bytes of an ONNX model. The same program gives the same bytes. */
export const encodeProgram = (program: Program): Uint8Array => encodeModel(modelOf(program));

/** The program as an ONNX model. @throws TypeError naming an operator that lowering should have removed. */
export function modelOf(program: Program): OnnxModel {
  const { name, inputs, outputs } = program;
  return newModel(graphOf(name, inputs, Object.entries(outputs), nameValues(program)));
}

/**
 * The parts of the ONNX graph that one value adds. Inputs and results of scans add none: the graph's signature lists
 * the inputs, and the node of the scan lists its results.
 */
interface Parts {
  readonly node?: OnnxNode;
  readonly initializer?: OnnxInitializer;
}

/** Our own operators, which ONNX does not have: every operator that is missing in `operators`. */
type OwnOperator = Exclude<OpType, keyof typeof operators>;
const ownOperators: { readonly [Op in OwnOperator]: (value: Value<Op>, names: Names) => Parts } = {
  Input: () => ({}),
  Constant: (value, names) => ({ initializer: initializerOf(value, names.get(value) as string) }),
  Scan: (value, names) => ({ node: scanOf(value, names) }),
  ScanResult: () => ({}),
  StopGradient: mustBeLowered,
  Step: mustBeLowered,
  ConvWeightGradient: mustBeLowered,
};

function mustBeLowered({ op }: Value): never {
  throw new TypeError(`Expected operators of ONNX, got ${op}: use program(), which lowers it`);
}

function partsOf(value: Value, names: Names): Parts {
  const own = ownOperators[value.op as OwnOperator] as ((value: Value, names: Names) => Parts) | undefined;
  return own ? own(value, names) : { node: nodeOf(value, names) };
}

function graphOf(
  name: string,
  inputs: readonly Value[],
  outputs: readonly (readonly [name: string, value: Value])[],
  names: Names,
): OnnxGraph {
  const parts = topologicalOrder(outputs.map(([, each]) => each)).map((each) => partsOf(each, names));
  // A value has one name. An output with another name is therefore a copy of the value.
  const copies = outputs
    .filter(([output, value]) => names.get(value) !== output)
    .map(([output, value]) => ({
      ...PLAIN,
      name: output,
      opType: 'Identity',
      inputs: [names.get(value) as string],
      outputs: [output],
    }));
  return {
    name,
    nodes: [...parts.flatMap(({ node }) => node ?? []), ...copies],
    initializers: parts.flatMap(({ initializer }) => initializer ?? []),
    inputs: inputs.map((value) => valueInfo(names.get(value) as string, value)),
    outputs: outputs.map(([output, value]) => valueInfo(output, value)),
    sparseInitializers: 0,
  };
}

const PLAIN = { domain: '', attributes: [] } as const;

type AttributeTypes = Readonly<Record<string, { readonly onnx: string }>>;

function nodeOf(value: Value, names: Names): OnnxNode {
  const name = names.get(value) as string;
  const types: AttributeTypes = operators[value.op as keyof typeof operators];
  // Written out, without a spread: this is done for every value of a large graph.
  return {
    name,
    domain: '',
    opType: value.op,
    inputs: value.inputs.map((each) => names.get(each) as string),
    outputs: [name],
    attributes: value.attributes === none ? [] : attributesOf(value, types),
  };
}

const attributesOf = (value: Value, types: AttributeTypes): readonly OnnxAttribute[] =>
  Object.entries(value.attributes).map(
    ([key, content]) => ({ name: key, type: types[key]?.onnx, value: content }) as OnnxAttribute,
  );

/** Captured values are not inputs of the node: its body refers to them by name. */
function scanOf(value: Value<'Scan'>, names: Names): OnnxNode {
  const { body, carries, sequences, reverse } = value.attributes;
  const name = names.get(value) as string;
  const results = body.results.map((each, i) => [bodyResultName(name, i), each] as const);
  const directions = (count: number): readonly number[] => Array<number>(count).fill(reverse ? 1 : 0);
  const parameters = body.parameters.slice(0, carries + sequences);
  return {
    ...PLAIN,
    name,
    opType: 'Scan',
    inputs: value.inputs.slice(0, carries + sequences).map((each) => names.get(each) as string),
    outputs: results.map((_, i) => resultName(name, i)),
    attributes: [
      { name: 'body', type: 'graph', value: graphOf(name, parameters, results, nameBody(value, names)) },
      { name: 'num_scan_inputs', type: 'int', value: sequences },
      { name: 'scan_input_directions', type: 'ints', value: directions(sequences) },
      { name: 'scan_output_directions', type: 'ints', value: directions(results.length - carries) },
    ],
  };
}

function initializerOf({ attributes, shape, dtype }: Value<'Constant'>, name: string): OnnxInitializer {
  const { buffer, byteOffset, byteLength } = attributes.data;
  // ONNX is little-endian, as is every platform that onnxruntime-node has binaries for.
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  return { name, dims: shape.map(Number), dataType: dataTypes[dtype], external: null, raw };
}

function valueInfo(name: string, { shape, dtype }: Value): OnnxValueInfo {
  return { name, elementType: dataTypes[dtype], shape };
}
