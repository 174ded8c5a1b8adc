import { describe } from '../../service/inputs/invalid-input.ts';
import type { ElementTypeName } from '../../service/inputs/numbers/element-types.ts';
import { refuse } from './errors.ts';

/** The protocol's names of element types. BYTES is not among them: its elements are texts or files, not numbers. */
const datatypes: Readonly<Record<string, ElementTypeName>> = Object.freeze({
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
});

export const BYTES = 'BYTES';

/** @throws InnerloopError `invalid_input` for BYTES, and for names that the protocol does not have */
export function elementTypeOf(datatype: string, pointer: string): ElementTypeName {
  const found = Object.hasOwn(datatypes, datatype) ? datatypes[datatype] : undefined;
  if (found) return found;
  const names = [...Object.keys(datatypes), BYTES].join(', ');
  throw refuse(`${pointer}/datatype`, `one of ${names}`, describe(datatype));
}
