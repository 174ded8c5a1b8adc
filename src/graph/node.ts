import type { Shape } from '../onnx/dim.ts';
import type {
  AttributesOf,
  convolutionOperators,
  elementwiseOperators,
  leafOperators,
  linalgOperators,
  movementOperators,
  normalisationOperators,
  poolingOperators,
  reductionOperators,
} from './operators.ts';

export type DType = 'float32' | 'int64' | 'bool';
/** The numbers of a constant: float32, int64, or bool as 0 and 1. */
export type Numbers = Float32Array | BigInt64Array | Uint8Array;

/** Attributes of an operator that has none. */
export type NoAttributes = Readonly<Record<never, never>>;
export const none: NoAttributes = Object.freeze({});

/**
 * The attributes of every operator, by family: ONNX operators from `operators.ts`, and our own operators, which the
 * exporter handles separately.
 */
export interface LeafOps extends AttributesOf<typeof leafOperators> {
  readonly Input: { readonly name: string };
  /** Weights have a `name`, so that the initializers of a model can be identified. */
  readonly Constant: { readonly data: Numbers; readonly name?: string };
  /** Identity in the forward pass, a constant for `gradient`. Lowering removes it. */
  readonly StopGradient: NoAttributes;
}
export interface ElementwiseOps extends AttributesOf<typeof elementwiseOperators> {
  /** 1 where x > 0, else 0. Lowering writes it as one ONNX operator. */
  readonly Step: NoAttributes;
}
export type ReductionOps = AttributesOf<typeof reductionOperators>;
/** The reductions, all of whose inputs are x and axes. */
export type Reduction = {
  [Op in keyof ReductionOps]: keyof ReductionOps[Op] extends 'keepdims' ? Op : never;
}[keyof ReductionOps];
export type MovementOps = AttributesOf<typeof movementOperators>;
export type LinalgOps = AttributesOf<typeof linalgOperators>;
export type ConvAttributes = AttributesOf<typeof convolutionOperators>['Conv'];
export interface ConvolutionOps extends AttributesOf<typeof convolutionOperators> {
  /** Inputs: x, dy. Lowering writes it in ONNX operators. */
  readonly ConvWeightGradient: ConvAttributes & { readonly kernel_shape: readonly number[] };
}
export type PoolingOps = AttributesOf<typeof poolingOperators>;
export type NormalisationOps = AttributesOf<typeof normalisationOperators>;
export interface RecurrenceOps {
  /**
   * Inputs: the initial carries, the sequences [N, …], the captured values. Its value stands for all results;
   * `ScanResult` selects one.
   */
  readonly Scan: ScanAttributes;
  /** One result of a scan: a carry after the last step, or an output of every step, stacked [N, …]. */
  readonly ScanResult: { readonly index: number };
}

export interface OpAttributes
  extends LeafOps,
    ElementwiseOps,
    ReductionOps,
    MovementOps,
    LinalgOps,
    ConvolutionOps,
    PoolingOps,
    NormalisationOps,
    RecurrenceOps {}

export type OpType = keyof OpAttributes;

/** The properties of a value that are known without computing it. */
export interface Type {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** An operator over its operands. Its type follows from them (`infer/`). */
export interface Operation<Op extends OpType = OpType> {
  readonly op: Op;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[Op];
}

/**
 * The result of one operator: an immutable node. A graph is the set of values that its outputs depend on, so
 * unreachable nodes are never emitted and no dead-code pass is needed.
 */
export interface Value<Op extends OpType = OpType> extends Operation<Op>, Type {}

/**
 * A graph inside an operator. Its results depend only on its parameters and on unnamed constants, so every transform of
 * a graph also works on a body.
 */
export interface Body {
  readonly parameters: readonly Value<'Input'>[];
  readonly results: readonly Value[];
}

export interface ScanAttributes {
  /**
   * One step. Parameters: the carries, one item of each sequence, the captured values.
   * Results: the next carries, then the outputs.
   */
  readonly body: Body;
  readonly carries: number;
  readonly sequences: number;
  /** Whether steps run from the last item to the first. Outputs keep the order of the items. */
  readonly reverse: boolean;
}

/** Narrows a value to one operator. */
export function isOp<Op extends OpType>(value: Value, op: Op): value is Value<Op> {
  return value.op === op;
}

/** The i-th input. @throws RangeError when the operator has fewer. */
export function inputOf({ op, inputs }: Pick<Operation, 'op' | 'inputs'>, i: number): Value {
  const input = inputs[i];
  if (!input) throw new RangeError(`Expected ${op} to have an input ${i}, got ${inputs.length} inputs`);
  return input;
}

/** All values that `outputs` depend on, inputs before users. The inputs of `leaves` do not count. */
export function topologicalOrder(
  outputs: readonly Value[],
  leaves: Pick<ReadonlySet<Value>, 'has'> = new Set(),
): readonly Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  // An explicit stack: unrolled second-order graphs are deeper than the call stack allows. It has the values on the way
  // down, and the index of the next input of each.
  const path: Value[] = [];
  const next: number[] = [];
  const enter = (value: Value) => {
    seen.add(value);
    path.push(value);
    next.push(leaves.has(value) ? value.inputs.length : 0);
  };
  for (const output of outputs) {
    if (!seen.has(output)) enter(output);
    for (let top = path.length - 1; top >= 0; top = path.length - 1) {
      const value = path[top] as Value;
      const at = next[top] as number;
      const input = value.inputs[at];
      if (input) {
        next[top] = at + 1;
        if (!seen.has(input)) enter(input);
        continue;
      }
      path.pop();
      next.pop();
      order.push(value);
    }
  }
  return order;
}
