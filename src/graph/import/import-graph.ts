import { isStatic } from '../../onnx/dim.ts';
import { bodiesOf, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../onnx/model.ts';
import type { Value } from '../value.ts';
import type { Fold } from './fold/elementwise.ts';
import { folds } from './fold/index.ts';
import { foldAffine } from './fold-affine.ts';
import { asValue, type Entry, foldedOf, isFolded, type ReadExternal } from './folded.ts';
import { OperatorNode } from './operator-node.ts';
import { Budget, refuse, Unreadable } from './refusal.ts';
import { translations } from './translate/index.ts';

export interface ImportOptions {
  /** What the graph's inputs are. Their shapes are static; a batch axis has size 1. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Names of tensors to read. Default: the outputs of the graph. */
  readonly wanted?: readonly string[];
  /** The most bytes of constants that may be made. */
  readonly maxBytes: number;
  /** The bytes of values in another file. Default: refused. */
  readonly external?: ReadExternal;
}

/** A foreign graph as values. */
export interface ImportedGraph {
  /** Every tensor that the wanted ones depend on, by its name in the file, in the order of computing. */
  readonly tensors: ReadonlyMap<string, Value>;
  /** The operators that were translated, each with its number. Constants that were computed on the way do not count. */
  readonly operators: ReadonlyMap<string, number>;
}

const MIN_OPSET = 7;
/** Of one tensor: 512 MiB. */
const MAX_ELEMENTS = 2 ** 27;
const MAX_DEPTH = 4;

/**
 * Reads the graph of a model of others as values, with all sizes static. Whatever depends on sizes alone is computed on
 * the way, so that shapes, ranges and masks become constants and conditions on them are decided.
 *
 * @throws InnerloopError `invalid_package` for a malformed model, or one beyond a limit
 * @throws Unreadable for an operator, or a use of it, that has no values
 */
export function importGraph(model: OnnxModel, options: ImportOptions): ImportedGraph {
  const opset = opsetOf(model);
  const reader = new GraphReader(opset, options);
  const wanted = options.wanted ?? model.outputs.map(({ name }) => name);
  reader.read(model, new Set(wanted), new Map(Object.entries(options.inputs)), 0);
  const tensors = new Map<string, Value>();
  for (const [name, entry] of reader.made) if (!isFolded(entry)) tensors.set(name, entry);
  for (const name of wanted) {
    const entry = reader.made.get(name) ?? options.inputs[name];
    if (!entry) throw refuse(`a tensor named ${name}`, 'none');
    tensors.set(name, asValue(entry));
  }
  const outputs = wanted.map((name) => tensors.get(name) as Value);
  return { tensors: foldAffine(tensors, outputs, reader.budget), operators: reader.operators };
}

/** The version of the standard operators. */
export function opsetOf({ opsets }: OnnxModel): number {
  const version = opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (version < MIN_OPSET) throw refuse(`operators of opset ${MIN_OPSET} or later`, `opset ${version}`);
  return version;
}

type Scope = Map<string, Entry>;

class GraphReader {
  readonly made = new Map<string, Entry>();
  readonly operators = new Map<string, number>();
  readonly #opset: number;
  readonly budget: Budget;
  readonly #external: ReadExternal;

  constructor(opset: number, { maxBytes, external }: ImportOptions) {
    this.#opset = opset;
    this.budget = new Budget(maxBytes);
    this.#external = external ?? noOtherFile;
  }

  /** Reads what `wanted` depends on into `scope`. */
  read(graph: OnnxGraph, wanted: ReadonlySet<string>, scope: Scope, depth: number): void {
    const initializers = new Map(graph.initializers.map((each) => [each.name, each]));
    const defined = new Set([...initializers.keys(), ...scope.keys()]);
    const lookup = (name: string, user: string): Entry => {
      const found = scope.get(name);
      if (found) return found;
      const initializer = initializers.get(name);
      if (!initializer)
        throw refuse(`${name} to be defined before ${user} uses it`, 'a cycle or no definition');
      const entry = foldedOf(initializer, this.budget, this.#external);
      scope.set(name, entry);
      return entry;
    };
    for (const node of neededNodes(graph, wanted)) {
      const results = this.#translate(node, lookup, scope, depth);
      node.outputs.forEach((name, i) => {
        if (name === '') return;
        if (defined.has(name)) throw refuse('each tensor to be defined once', `${name} twice`);
        defined.add(name);
        const result = results[i];
        if (!result) return;
        scope.set(name, result);
        this.made.set(name, result);
      });
    }
    for (const name of wanted) if (!scope.has(name)) scope.set(name, lookup(name, 'an output'));
  }

  #translate(
    node: OnnxNode,
    lookup: (name: string, user: string) => Entry,
    scope: Scope,
    depth: number,
  ): readonly Entry[] {
    const label = node.name || node.outputs[0] || node.opType;
    if (node.domain !== '' && node.domain !== 'ai.onnx')
      throw refuse('operators of the standard domain', `${node.domain}.${node.opType} (${label})`);
    if (node.opType === 'Loop' || node.opType === 'Scan')
      throw refuse('a graph without loops', `${node.opType} (${label})`);
    const args = node.inputs.map((name) => (name === '' ? undefined : lookup(name, label)));
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    const read = new OperatorNode(node, args, this.#opset, this.budget);
    if (node.opType === 'If') return this.#branch(read, node, scope, depth);
    try {
      return this.#results(read);
    } catch (error) {
      // Constructors check shapes; what they refuse may still be a use of the operator that they do not have.
      if (error instanceof RangeError || error instanceof TypeError)
        throw new Unreadable(`${read.label}: ${error.message}`);
      throw error;
    }
  }

  #results(node: OperatorNode): readonly Entry[] {
    const fold = folds.get(node.op);
    const isConstant = node.args.every((each) => each === undefined || isFolded(each));
    if (fold && isConstant) {
      const made = foldedOrNull(fold, node);
      if (made) return made;
    }
    const translation = translations.get(node.op);
    if (!translation) throw new Unreadable(`${node.label}: expected an operator that can be read as values`);
    const results = [translation(node)].flat();
    this.operators.set(node.op, (this.operators.get(node.op) ?? 0) + 1);
    for (const { shape } of results) requireSize(node, shape);
    return results;
  }

  /** The branch of an If whose condition is known. */
  #branch(node: OperatorNode, { outputs }: OnnxNode, scope: Scope, depth: number): readonly Entry[] {
    if (depth >= MAX_DEPTH) throw refuse(`graphs within each other at most ${MAX_DEPTH} deep`, 'more');
    const [condition] = node.numbers(0);
    const graph = node.graph(condition ? 'then_branch' : 'else_branch');
    if (!graph || graph.outputs.length < outputs.length)
      throw refuse(
        `a branch of ${node.label} with ${outputs.length} outputs`,
        graph?.outputs.length ?? 'none',
      );
    const names = graph.outputs.map(({ name }) => name);
    const inner = new Map(scope);
    this.read(graph, new Set(names), inner, depth + 1);
    return names.map((name) => inner.get(name) as Entry);
  }
}

/** Null for a use of the operator that only values have. */
function foldedOrNull(fold: Fold, node: OperatorNode): readonly Entry[] | null {
  try {
    return [fold(node)].flat();
  } catch (error) {
    if (error instanceof Unreadable && translations.has(node.op)) return null;
    throw error;
  }
}

function noOtherFile(): never {
  throw refuse('values inside the model', 'values in another file');
}

function requireSize(node: OperatorNode, shape: Entry['shape']): void {
  if (!isStatic(shape)) throw new Unreadable(`${node.label}: expected static sizes, got [${shape}]`);
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (size < 1) throw new Unreadable(`${node.label}: expected elements, got none in [${shape}]`);
  if (size > MAX_ELEMENTS) throw refuse(`at most ${MAX_ELEMENTS} elements of ${node.label}`, `[${shape}]`);
}

/** The nodes that `wanted` depends on, in the order of the file. */
export function neededNodes(graph: OnnxGraph, wanted: ReadonlySet<string>): readonly OnnxNode[] {
  const needed = new Set(wanted);
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) needed.add(name);
    for (const body of bodiesOf(node)) for (const name of namesUsed(body)) needed.add(name);
  }
  return nodes.reverse();
}

/** All names that a graph within a node refers to; among them those of the outer graph. */
export function namesUsed(graph: OnnxGraph): readonly string[] {
  const inside = graph.nodes.flatMap((node) => [...node.inputs, ...bodiesOf(node).flatMap(namesUsed)]);
  return [...inside, ...graph.outputs.map(({ name }) => name)];
}
