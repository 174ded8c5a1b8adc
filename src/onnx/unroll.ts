import { attributeTypes, dataTypes, ModelProto } from './schema.ts';

/** The parts of a model that unrolling rewrites. All other parts are copied. */
interface Model {
  readonly graph: Graph;
}
interface Graph {
  readonly node?: readonly Node[];
  readonly initializer?: readonly { readonly name: string }[];
  readonly input?: readonly Port[];
  readonly output?: readonly Port[];
}
interface Node {
  readonly name?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
}
interface Port {
  readonly name: string;
}

/** A step's output `w.next` is the next step's input `w`. */
const NEXT = '.next';

/**
 * Unrolls a step program: the result takes `times` steps in one run. The state passes from step to step inside the
 * graph.
 *
 *     step(state…, support_x, support_y, rate) → state….next, loss []
 *     step^times(state…, support_x, support_y, rate) → state….next, losses [times]
 *
 * The step must contain no scans: names that a body captures would not be renamed. The weights are not repeated. The
 * runtime merges expressions that all steps share.
 */
export function repeatStep(model: Uint8Array, times: number): Uint8Array {
  const decoded = ModelProto.toObject(ModelProto.decode(model), { longs: String }) as Model;
  const { graph } = decoded;
  const nodes = graph.node ?? [];
  const outputs = (graph.output ?? []).map(({ name }) => name);
  const made = new Set(nodes.flatMap(({ output = [] }) => output));
  const initializers = (graph.initializer ?? []).map(({ name }) => name);
  const inputs = (graph.input ?? []).map(({ name }) => name);
  const fresh = freshNames([...made, ...initializers, ...inputs, ...outputs]);

  /**
   * The name of a value in step k. Values of the last step keep their names. An input of the state becomes an output of
   * the previous step.
   */
  const nameAt = (name: string, k: number): string => {
    if (name === '') return name;
    if (made.has(name)) return k === times - 1 && name !== 'loss' ? name : fresh(`${name}/${k}`);
    const stateOutput = `${name}${NEXT}`;
    return k > 0 && inputs.includes(name) && outputs.includes(stateOutput)
      ? nameAt(stateOutput, k - 1)
      : name;
  };
  const repeated = Array.from({ length: times }, (_, k) =>
    nodes.map((node) => ({
      ...node,
      name: fresh(`${node.name ?? ''}/${k}`),
      input: (node.input ?? []).map((name) => nameAt(name, k)),
      output: (node.output ?? []).map((name) => nameAt(name, k)),
    })),
  ).flat();

  const losses = Array.from({ length: times }, (_, k) => nameAt('loss', k));
  const [axes, lifted] = [fresh('axes'), losses.map((_, k) => fresh(`lifted/${k}`))];
  const joined = [
    ...losses.map((loss, k) => ({ op_type: 'Unsqueeze', input: [loss, axes], output: [lifted[k]] })),
    {
      op_type: 'Concat',
      input: lifted,
      output: ['losses'],
      attribute: [{ name: 'axis', type: attributeTypes.int, i: 0 }],
    },
  ];
  const zero = {
    name: axes,
    dims: [1],
    data_type: dataTypes.int64,
    raw_data: new Uint8Array(8),
  };
  const listed = {
    name: 'losses',
    type: { tensor_type: { elem_type: dataTypes.float32, shape: { dim: [{ dim_value: times }] } } },
  };
  return ModelProto.encode(
    ModelProto.fromObject({
      ...decoded,
      graph: {
        ...graph,
        node: [...repeated, ...joined],
        initializer: [...(graph.initializer ?? []), zero],
        output: [...(graph.output ?? []).filter(({ name }) => name !== 'loss'), listed],
      },
    }),
  ).finish();
}

/** Makes new names. They start with a prefix that no name in `taken` starts with. */
function freshNames(taken: readonly string[]): (name: string) => string {
  let mark = '@';
  while (taken.some((name) => name.startsWith(mark))) mark += '@';
  return (name) => `${mark}${name}`;
}
