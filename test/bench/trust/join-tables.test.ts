import { expect, it } from 'vitest';
import { joinTables } from '../../../bench/trust/join-tables.ts';

const tableOf = (...rows: string[]) => ['| Package | Shots |', '| --- | --- |', ...rows].join('\n');

it('replaces the rows of measured packages and keeps those of others, in their order', () => {
  const older = tableOf('| photos | 1 |', '| photos | 2 |', '| text | 1 |');
  const newer = tableOf('| rows | 5 |', '| photos | 3 |');
  expect(joinTables(`${older}\n\n40 tasks.\n`, newer)).toBe(
    tableOf('| photos | 3 |', '| text | 1 |', '| rows | 5 |'),
  );
});

it('does not join tables of other columns', () => {
  const newer = tableOf('| rows | 5 |');
  expect(joinTables('| Package | Ways |\n| --- | --- |\n| photos | 1 |', newer)).toBe(newer);
  expect(joinTables('', newer)).toBe(newer);
});
