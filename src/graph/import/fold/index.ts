import { creation } from './creation.ts';
import { elementwise, type Fold } from './elementwise.ts';
import { movement } from './movement.ts';
import { products } from './products.ts';
import { reduction } from './reduction.ts';
import { signals } from './signals.ts';

/** Operators that are computed while a model is read, when all their operands are constant. */
export const folds: ReadonlyMap<string, Fold> = new Map(
  Object.entries({ ...elementwise, ...reduction, ...creation, ...movement, ...products, ...signals }),
);
