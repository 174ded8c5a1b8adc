import type { Example } from '../subjects.ts';

export const TASKS = ['runes', 'signs'] as const;

export const KINDS = [
  'replace',
  'append',
  'predict',
  'evict',
  'cancel',
  'delete',
  'put',
  'list',
  'view',
] as const;

export interface Command {
  readonly kind: (typeof KINDS)[number];
  readonly tenant: 0 | 1 | 2;
  readonly task: 0 | 1;
  /** The service that gets the request. */
  readonly service: 0 | 1;
  /** Selects the examples of the request, or one of the known adaptations. */
  readonly choice: number;
  /** Whether to wait for the end of the adaptation. */
  readonly waits: boolean;
}

/** Different examples for each tenant, task and choice, so that each answer shows which examples it comes from. */
export function examplesOf({ tenant, task, choice }: Command): readonly Example[] {
  const owner = `${tenant}-${TASKS[task]}`;
  return [
    [`${owner}-all`, -1, choice + tenant / 10],
    [`${owner}-${choice}`, 1 + task / 10, choice],
  ];
}
