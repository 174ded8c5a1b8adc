import type { Dim } from '../../onnx/dim.ts';
import { closeOver } from '../body.ts';
import { substitute } from '../passes/rewrite.ts';
import { inputOf, type Value, value } from '../value.ts';
import type { ScanAttributes } from './recurrence.ts';

/** A scan over `operands`, which `parameters` stand for one by one; `results` may use values of the graph around. */
export function scanNode(
  operands: readonly Value[],
  parameters: readonly Value<'Input'>[],
  results: readonly Value[],
  attributes: Omit<ScanAttributes, 'body'>,
): Value<'Scan'> {
  const { body, captured } = closeOver(parameters, results);
  return value('Scan', [...operands, ...captured], { ...attributes, body }, []);
}

/** What the body's parameters and results are, and what the node's inputs stand for. */
export function partsOf({ inputs, attributes: { body, carries, sequences } }: Value<'Scan'>) {
  const own = carries + sequences;
  return {
    operands: inputs.slice(0, own),
    captured: inputs.slice(own),
    parameters: body.parameters.slice(0, own),
    standIns: body.parameters.slice(own),
  };
}

/** The same scan with others for its body's results, as many and of the same shapes. */
export function withResults(node: Value<'Scan'>, results: readonly Value[]): Value<'Scan'> {
  const { body, ...attributes } = node.attributes;
  if (results.every((each, i) => each === body.results[i])) return node;
  const { operands, parameters } = partsOf(node);
  return scanNode(operands, parameters, opened(node, results), attributes);
}

/** Results of a scan's body, made of values of the graph around where the body has its stand-ins for them. */
export function opened(node: Value<'Scan'>, results: readonly Value[]): readonly Value[] {
  const { captured, standIns } = partsOf(node);
  return substitute(results, new Map(standIns.map((each, i) => [each, captured[i] as Value])));
}

export function scanResult(node: Value<'Scan'>, index: number): Value<'ScanResult'> {
  const { body, carries } = node.attributes;
  const result = body.results[index];
  if (!result) throw new RangeError(`Expected a result of ${body.results.length}, got ${index}`);
  const [length] = inputOf(node, carries).shape;
  const shape = index < carries ? result.shape : [length as Dim, ...result.shape];
  return value('ScanResult', [node], { index }, shape, result.dtype);
}
