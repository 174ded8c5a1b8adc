import { attributeTypes, dataTypes, ModelProto } from './schema.ts';

/** What of a model this rewrites; everything else is carried over. */
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

/** A value that leaves one repetition enters the next under its name without this. */
const NEXT = '.next';

/**
 * A step program that takes `times` steps in one run, its state handed from one to the next within the graph:
 *
 *     step(state…, support_x, support_y, rate) → state….next, loss []
 *     step^times(state…, support_x, support_y, rate) → state….next, losses [times]
 *
 * For steps without bodies: what a scan captures would keep the name it has in the first. The weights are there once. What the repetitions have in common is left to the runtime to find.
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

  /** The name of a value in repetition k: the last one keeps the names, and the state enters from the one before. */
  const nameAt = (name: string, k: number): string => {
    if (name === '') return name;
    if (made.has(name)) return k === times - 1 && name !== 'loss' ? name : fresh(`${name}/${k}`);
    const handed = `${name}${NEXT}`;
    return k > 0 && inputs.includes(name) && outputs.includes(handed) ? nameAt(handed, k - 1) : name;
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

/** Names that no value has: each is set apart by a mark that occurs in none of those `taken`. */
function freshNames(taken: readonly string[]): (name: string) => string {
  let mark = '@';
  while (taken.some((name) => name.startsWith(mark))) mark += '@';
  return (name) => `${mark}${name}`;
}
