import { isStatic } from '../../onnx/dim.ts';
import type {
  AttributeContents,
  AttributeType,
  OnnxGraph,
  OnnxInitializer,
  OnnxNode,
} from '../../onnx/model.ts';
import type { DType, Value } from '../value.ts';
import { asValue, type Entry, type Folded, isFolded, typeOf } from './folded.ts';
import { type Budget, refuse, Unreadable } from './refusal.ts';

/** A number in a list takes this many times as long as a number that is only moved. */
const LISTED = 64;

/** Settings that all nodes of a model share. */
export interface Reading {
  readonly opset: number;
  readonly budget: Budget;
  readonly emulates: boolean;
}

const STANDARD: ReadonlySet<string> = new Set(['', 'ai.onnx']);

/** The name of the operator, with its domain unless it is a standard one. */
export const operatorName = ({ opType, domain }: OnnxNode): string =>
  STANDARD.has(domain) ? opType : `${domain}.${opType}`;

/** A node of a foreign graph, with its operands as they were read. */
export class OperatorNode {
  readonly op: string;
  readonly opset: number;
  readonly args: readonly (Entry | undefined)[];
  readonly budget: Budget;
  /** Whether numbers of 8 bits are computed in float32. */
  readonly emulates: boolean;
  readonly #node: OnnxNode;
  readonly #read = new Set<string>();

  constructor(node: OnnxNode, args: readonly (Entry | undefined)[], { opset, budget, emulates }: Reading) {
    this.#node = node;
    this.op = operatorName(node);
    this.args = args;
    this.opset = opset;
    this.budget = budget;
    this.emulates = emulates;
  }

  get outputs(): number {
    return this.#node.outputs.length;
  }

  /** The name of the node in messages. */
  get label(): string {
    const name = this.#node.name || this.#node.outputs[0];
    return name ? `${this.op} (${name})` : this.op;
  }

  #attribute<Type extends AttributeType>(name: string, type: Type): AttributeContents[Type] | undefined {
    this.#read.add(name);
    const found = this.#node.attributes.find((each) => each.name === name);
    if (!found) return undefined;
    if (found.type !== type)
      throw refuse(`attribute ${name} of ${this.label} to be of type ${type}`, found.type);
    return found.value as AttributeContents[Type];
  }

  hasAttribute(name: string): boolean {
    this.#read.add(name);
    return this.#node.attributes.some((each) => each.name === name);
  }

  /** The names of the attributes that nothing has asked for. */
  get unreadAttributes(): readonly string[] {
    return this.#node.attributes.map(({ name }) => name).filter((name) => !this.#read.has(name));
  }

  int(name: string, absent: number): number {
    return this.#attribute(name, 'int') ?? absent;
  }

  float(name: string, absent: number): number {
    return this.#attribute(name, 'float') ?? absent;
  }

  text(name: string, absent: string): string {
    return this.#attribute(name, 'string') ?? absent;
  }

  /** One of the texts that an attribute may have. @throws Unreadable for another */
  choice<const Text extends string>(name: string, absent: Text, known: readonly Text[]): Text {
    const found = this.text(name, absent);
    const same = known.find((each) => each === found);
    if (same !== undefined) return same;
    throw new Unreadable(`${this.label}: expected ${name} to be ${known.join(' or ')}, got ${found}`);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'ints');
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'floats');
  }

  tensor(name: string): OnnxInitializer | undefined {
    return this.#attribute(name, 'tensor');
  }

  graph(name: string): OnnxGraph | undefined {
    return this.#attribute(name, 'graph');
  }

  has(i: number): boolean {
    return this.args[i] !== undefined;
  }

  entry(i: number): Entry {
    const found = this.args[i];
    if (!found) throw refuse(`${this.label} to have an input ${i}`, 'none');
    return found;
  }

  value(i: number): Value {
    return asValue(this.entry(i));
  }

  optional(i: number): Value | undefined {
    return this.has(i) ? this.value(i) : undefined;
  }

  type(i: number): DType {
    return typeOf(this.entry(i));
  }

  shape(i: number): readonly number[] {
    const { shape } = this.entry(i);
    if (!isStatic(shape)) throw new Unreadable(`${this.label}: expected static sizes, got [${shape}]`);
    return shape;
  }

  get rank(): number {
    return this.shape(0).length;
  }

  /** The operand as a constant. @throws Unreadable when it is computed */
  folded(i: number): Folded {
    const found = this.entry(i);
    if (isFolded(found)) return found;
    throw new Unreadable(`${this.label}: expected input ${i} to be constant, got a computed one`);
  }

  /** The numbers of a constant operand, which is a short list. */
  numbers(i: number): readonly number[] {
    const { data } = this.folded(i);
    if (data.length > 2 ** 20) throw refuse(`a short list for input ${i} of ${this.label}`, data.length);
    this.budget.visit(LISTED * data.length, this.label);
    return Array.from(data);
  }

  number(i: number, absent: number): number {
    return this.has(i) ? (this.numbers(i)[0] ?? absent) : absent;
  }

  /** Integers that older opsets have as an attribute and newer ones as an operand. */
  attributeOrOperand(name: string, i: number): readonly number[] | undefined {
    return this.ints(name) ?? (this.has(i) ? this.numbers(i) : undefined);
  }

  /** An axis from 0. */
  axis(axis: number, rank = this.rank): number {
    const at = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(at) || at < 0 || at >= Math.max(rank, 1))
      throw refuse(`an axis of ${this.label} from ${-rank} to ${rank - 1}`, axis);
    return at;
  }

  axes(axes: readonly number[], rank = this.rank): readonly number[] {
    const all = axes.map((axis) => this.axis(axis, rank));
    if (new Set(all).size !== all.length) throw refuse(`distinct axes of ${this.label}`, `[${axes}]`);
    return all;
  }
}
