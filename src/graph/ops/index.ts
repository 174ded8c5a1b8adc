/** All operator constructors in one import. */
export { intsOf } from '../infer/ints.ts';
export * from './activations.ts';
export * from './convolution.ts';
export * from './elementwise.ts';
export * from './leaf.ts';
export * from './linalg.ts';
export * from './movement.ts';
export * from './normalisation.ts';
export * from './pad-or-cut.ts';
export * from './pooling.ts';
export * from './recurrence.ts';
export * from './reduction.ts';
export * from './scan-node.ts';
