import { bodiesOf, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode } from './model.ts';
import { dataTypes } from './schema.ts';

/**
 * Outputs from which every value of a graph can be read: `outputs` maps each value to the float32 output that copies
 * it.
 */
export interface ExposedGraph {
  readonly graph: OnnxGraph;
  readonly outputs: ReadonlyMap<string, string>;
  readonly scans: ReadonlyMap<OnnxNode, ExposedScan>;
}

/** The body of a scan. */
export interface ExposedScan {
  readonly body: ExposedGraph;
  /** Key: output of the exposed body. Value: output of the scan, which stacks the former over all steps. */
  readonly stacked: ReadonlyMap<string, string>;
}

export interface ExposedModel extends ExposedGraph {
  /** The same model with all these outputs. */
  readonly model: OnnxModel;
}

/** A model that also returns every intermediate value as float32. Values inside scans are stacked over the steps. */
export function exposeValues(model: OnnxModel): ExposedModel {
  let count = 0;
  const taken = namesOf(model);
  const fresh = (): string => {
    const name = `exposed/${count++}`;
    return taken.has(name) ? fresh() : name;
  };
  const { graph, extended, ...exposed } = exposeGraph(model, fresh);
  return { ...exposed, graph, model: { ...model, ...extended } };
}

function namesOf(graph: OnnxGraph): ReadonlySet<string> {
  const own = graph.nodes.flatMap((node) => [
    ...node.inputs,
    ...node.outputs,
    ...bodiesOf(node).flatMap((body) => [...namesOf(body)]),
  ]);
  return new Set([...own, ...[...graph.inputs, ...graph.initializers].map(({ name }) => name)]);
}

function exposeGraph(graph: OnnxGraph, fresh: () => string): ExposedGraph & { readonly extended: OnnxGraph } {
  const scans = new Map<OnnxNode, ExposedScan>();
  const inner: string[] = [];
  const nodes = graph.nodes.map((node) => {
    const [body] = bodiesOf(node);
    if (node.opType !== 'Scan' || !body) return node;
    const { extended, ...exposed } = exposeGraph(body, fresh);
    const added = extended.outputs.slice(body.outputs.length).map(({ name }) => name);
    const stacked = new Map(added.map((name) => [name, fresh()]));
    scans.set(node, { body: exposed, stacked });
    inner.push(...stacked.values());
    return withBody(node, body, extended, [...stacked.values()]);
  });
  // Inputs are exposed too: inside a scan they are the carries and items of each step.
  const values = [...graph.inputs.map(({ name }) => name), ...graph.nodes.flatMap((node) => node.outputs)];
  const outputs = new Map(values.filter((name) => name !== '').map((name) => [name, fresh()]));
  const casts = [...outputs].map(([value, output]) => ({
    name: output,
    opType: 'Cast',
    domain: '',
    inputs: [value],
    outputs: [output],
    attributes: [{ name: 'to', type: 'int', value: dataTypes.float32 } as const],
  }));
  const untyped = [...outputs.values(), ...inner].map((name) => ({ name, elementType: 0, shape: [] }));
  const extended = { ...graph, nodes: [...nodes, ...casts], outputs: [...graph.outputs, ...untyped] };
  return { graph, outputs, scans, extended };
}

/**
 * The scan with extra outputs in its body. Their rows are in the order of the steps, also when the scan runs in
 * reverse.
 */
function withBody(node: OnnxNode, before: OnnxGraph, body: OnnxGraph, added: readonly string[]): OnnxNode {
  const items = intOf(node, 'num_scan_inputs');
  const own = before.outputs.length - (before.inputs.length - items);
  const extend = (attribute: OnnxAttribute): OnnxAttribute => {
    if (attribute.type === 'graph') return { ...attribute, value: body };
    const isPerOutput = ['scan_output_directions', 'scan_output_axes'].includes(attribute.name);
    if (!isPerOutput || attribute.type !== 'ints') return attribute;
    const given = attribute.value.length > 0 ? attribute.value : Array<number>(own).fill(0);
    return { ...attribute, value: [...given, ...added.map(() => 0)] };
  };
  return { ...node, outputs: [...node.outputs, ...added], attributes: node.attributes.map(extend) };
}

function intOf({ attributes }: OnnxNode, name: string): number {
  const found = attributes.find((each) => each.name === name);
  return found?.type === 'int' ? found.value : 0;
}
