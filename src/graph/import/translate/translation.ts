import type { Value } from '../../value.ts';
import type { Entry } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';

/** Translates an operator of ONNX to values: one result, or several. */
export type Translation = (node: OperatorNode) => Entry | readonly Entry[];
export type Translations = Readonly<Record<string, Translation>>;

/** Bytes of one index: 8 in a list of numbers, and 8 in an int64 constant. */
export const LISTED_BYTES = 16;

/** All operands as values. */
export const operands = (node: OperatorNode): readonly Value[] => node.args.map((_, i) => node.value(i));
