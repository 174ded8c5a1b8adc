/** What one can learn from. */
export const KINDS = ['drawing', 'photos', 'text', 'table', 'sound'] as const;
export type Kind = (typeof KINDS)[number];

export const VIEWS = [...KINDS, 'curve'] as const;
export type View = (typeof VIEWS)[number];
