/** A predicted value as people read it: its first number with four digits. */
export function numberOf(value: unknown): string {
  const [first] = [value].flat(9);
  return typeof first === 'number' ? String(Number(first.toPrecision(4))) : JSON.stringify(value);
}
