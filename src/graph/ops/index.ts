/** The catalogue of operators: one import for those who build graphs. */
export * from './convolution.ts';
export * from './elementwise.ts';
export * from './leaf.ts';
export * from './linalg.ts';
export * from './movement.ts';
export * from './recurrence.ts';
export * from './reduction.ts';
export * from './scan-node.ts';
