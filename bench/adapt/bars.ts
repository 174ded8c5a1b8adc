/** Upper limits of our time relative to PyTorch with an allocator that reuses memory. They apply to the served network. */
const onOneThread: Readonly<Record<string, number>> = {
  'adapt conv4 5w1s 5 steps': 0.75,
  'adapt conv4 5w5s 5 steps': 0.85,
  'adapt conv4 20w5s 5 steps': 0.9,
  'predict conv4 batch 1': 0.6,
  'predict conv4 batch 75': 0.9,
  'meta-step 2nd-order 4x5w1s15q 1 steps': 0.8,
  'adapt mlp 10-64-1 n100 5 steps': 0.2,
  'adapt sinusoid 1-40-40-1 n10 5 steps': 0.2,
  'protonet prototypes 5w5s': 0.85,
  'protonet predict batch 1': 0.6,
  'protonet predict batch 75': 0.9,
};

const onTwoThreads: Readonly<Record<string, number>> = {
  'adapt conv4 5w1s 5 steps': 1,
  'adapt conv4 5w5s 5 steps': 1,
  'adapt conv4 20w5s 5 steps': 1,
};

/** Upper limit of the time for many tasks in one run, relative to one run per task. */
export const MAX_RATIO_ONE_RUN = 0.25;

/** The limit of a workload, if it has one. */
export function barOf(workload: string, threads: number): number | undefined {
  return { 1: onOneThread, 2: onTwoThreads }[threads]?.[workload];
}
