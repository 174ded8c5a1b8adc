import type { LeafOps } from '../../../../src/graph/value.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

export const leaf: FamilyInterpreters<LeafOps> = {
  Input(_, { attributes: { name } }, feeds) {
    const found = feeds[name];
    if (!found) throw new RangeError(`Expected a feed for ${name}, got ${Object.keys(feeds)}`);
    return found;
  },
  Constant: (_, { attributes, shape }) => ({
    shape: shape.map(Number),
    data: Float64Array.from(attributes.data, Number),
  }),
  Identity: (operands) => operand(operands, 0),
  StopGradient: (operands) => operand(operands, 0),
};
