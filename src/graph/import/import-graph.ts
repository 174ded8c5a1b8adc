import { isStatic } from '../../onnx/dim.ts';
import {
  bodiesOf,
  type OnnxGraph,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
} from '../../onnx/model.ts';
import { isOp, type Value } from '../value.ts';
import type { Fold } from './fold/elementwise.ts';
import { folds } from './fold/index.ts';
import { foldAffine } from './fold-affine.ts';
import {
  asValue,
  type Entry,
  type Folded,
  foldedOf,
  isFolded,
  type ReadExternal,
  requireAxes,
} from './folded.ts';
import { requireHeeded } from './heeded-attributes.ts';
import { OperatorNode, operatorName, type Reading } from './operator-node.ts';
import { Budget, refuse, Unreadable } from './refusal.ts';
import { Scope } from './scope.ts';
import { translations } from './translate/index.ts';

export interface ImportOptions {
  /** The inputs of the graph. Their shapes are static; a batch axis has size 1. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Names of tensors to read. Default: the outputs of the graph. */
  readonly wanted?: readonly string[];
  /** The maximum number of bytes of constants that may be made. */
  readonly maxBytes: number;
  /** The bytes of values in another file. Default: refused. */
  readonly external?: ReadExternal;
  /** Whether activations of 8 bits are read as rounded float32. Default: they are unreadable. */
  readonly emulates?: boolean;
  /** Weights by their initializers. Readings of one model for several sizes share them. */
  readonly weights?: Map<OnnxInitializer, Folded>;
}

/** A foreign graph as values. */
export interface ImportedGraph {
  /** Every tensor that the wanted ones depend on, by its name in the file, in the order of computing. */
  readonly tensors: ReadonlyMap<string, Value>;
  /** The operators that were translated, each with its number. Constants that were computed on the way do not count. */
  readonly operators: ReadonlyMap<string, number>;
}

const MIN_OPSET = 7;
/** The limit for one tensor: 512 MiB. */
const MAX_ELEMENTS = 2 ** 27;
const MAX_DEPTH = 4;
/** One foreign operator may become several of ours, and a sum has any number of operands. Swin-B has 5,000 operators. */
const MAX_VALUES = 2 ** 16;

/**
 * Reads the graph of a foreign model as values, with all sizes static. Values that depend on sizes only are computed while
 * the graph is read. So shapes, ranges and masks become constants, and conditions on them are decided.
 *
 * @throws InnerloopError `invalid_package` for a malformed model, or one beyond a limit
 * @throws Unreadable for an operator, or a use of it, that has no values
 */
export function importGraph(model: OnnxModel, options: ImportOptions): ImportedGraph {
  const opset = opsetOf(model);
  const reader = new GraphReader(opset, options);
  const wanted = options.wanted ?? model.outputs.map(({ name }) => name);
  const scope = reader.read(model, new Set(wanted), Object.entries(options.inputs), null, 0);
  const tensors = new Map<string, Value>();
  for (const [name, entry] of reader.made) if (!isFolded(entry)) tensors.set(name, entry);
  for (const name of wanted) {
    const entry = scope.find(name);
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

class GraphReader {
  readonly made = new Map<string, Entry>();
  readonly operators = new Map<string, number>();
  readonly budget: Budget;
  readonly #reading: Reading;
  readonly #external: ReadExternal;
  readonly #weights: Map<OnnxInitializer, Folded>;
  readonly #seen = new WeakSet<Value>();
  #values = 0;

  constructor(opset: number, { maxBytes, external, emulates = false, weights = new Map() }: ImportOptions) {
    this.budget = new Budget(maxBytes);
    this.#reading = { opset, budget: this.budget, emulates };
    this.#external = external ?? noOtherFile;
    this.#weights = weights;
  }

  /** Reads what `wanted` depends on. */
  read(
    graph: OnnxGraph,
    wanted: ReadonlySet<string>,
    given: Iterable<readonly [string, Entry]>,
    outer: Scope | null,
    depth: number,
  ): Scope {
    const readInitializer = (each: OnnxInitializer) => {
      const read = this.#weights.get(each) ?? foldedOf(each, this.budget, this.#external);
      this.#weights.set(each, read);
      return read;
    };
    const scope = new Scope(given, graph.initializers, readInitializer, outer);
    for (const node of neededNodes(graph, wanted)) {
      const results = this.#translate(node, scope, depth);
      node.outputs.forEach((name, i) => {
        if (name === '') return;
        const result = results[i];
        scope.define(name, result);
        if (result) this.made.set(name, result);
      });
    }
    for (const name of wanted) lookup(scope, name, 'an output');
    return scope;
  }

  #translate(node: OnnxNode, scope: Scope, depth: number): readonly Entry[] {
    const label = node.name || node.outputs[0] || node.opType;
    const op = operatorName(node);
    if (op !== node.opType && !translations.has(op))
      throw refuse('operators of the standard domain, or others that are known', `${op} (${label})`);
    if (node.opType === 'Loop' || node.opType === 'Scan')
      throw refuse('a graph without loops', `${node.opType} (${label})`);
    const args = node.inputs.map((name) => (name === '' ? undefined : lookup(scope, name, label)));
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    const read = new OperatorNode(node, args, this.#reading);
    if (node.opType === 'If') return this.#branch(read, node, scope, depth);
    try {
      const results = this.#results(read);
      requireHeeded(read);
      for (const each of results) {
        requireAxes(each.shape, read.label);
        if (!isFolded(each)) this.#count(each, read.label);
      }
      return results;
    } catch (error) {
      // Constructors check shapes. What they refuse may be a valid use of the operator that we do not support.
      if (error instanceof RangeError || error instanceof TypeError)
        throw new Unreadable(`${read.label}: ${error.message}`);
      throw error;
    }
  }

  /** Counts the constants that a translation has made. */
  #count(result: Value, what: string): void {
    const waiting = [result];
    for (let each = waiting.pop(); each; each = waiting.pop()) {
      if (this.#seen.has(each)) continue;
      this.#seen.add(each);
      this.#values += 1;
      if (this.#values > MAX_VALUES) throw refuse(`at most ${MAX_VALUES} operations`, `more, at ${what}`);
      if (isOp(each, 'Constant')) this.budget.takeOnce(each.attributes.data.buffer, what);
      for (const input of each.inputs) waiting.push(input);
    }
  }

  #results(node: OperatorNode): readonly Entry[] {
    const fold = folds.get(node.op);
    const isConstant = node.args.every((each) => each === undefined || isFolded(each));
    if (fold && isConstant) {
      for (const each of node.args)
        if (each && isFolded(each)) this.budget.visit(each.data.length, node.label);
      const made = foldedOrNull(fold, node);
      if (made) return made;
    }
    const translation = translations.get(node.op);
    if (!translation) throw new Unreadable(`${node.label}: expected an operator that can be read as values`);
    const results = [translation(node)].flat();
    this.operators.set(node.op, (this.operators.get(node.op) ?? 0) + 1);
    // Constants may be empty: the shape of a scalar is an empty list.
    for (const each of results) if (!isFolded(each)) requireSize(node, each.shape);
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
    const inner = this.read(graph, new Set(names), [], scope, depth + 1);
    return names.map((name) => inner.find(name) as Entry);
  }
}

function lookup(scope: Scope, name: string, user: string): Entry {
  const found = scope.find(name);
  if (found) return found;
  throw refuse(`${name} to be defined before ${user} uses it`, 'a cycle or no definition');
}

/** Null if the fold does not support this use of the operator, but a translation may. */
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
