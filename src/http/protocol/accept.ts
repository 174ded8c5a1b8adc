const QUALITY = /;\s*q\s*=\s*([\d.]+)/;

/**
 * Whether the caller prefers CSV to JSON, which is the default.
 * @see RFC 9110, section 12.5.1
 */
export function prefersCsv(accept = ''): boolean {
  if (accept === '' || accept === '*/*') return false;
  const qualities = new Map(
    accept
      .toLowerCase()
      .split(',')
      .map((range) => [range.split(';', 1)[0]?.trim(), Number(QUALITY.exec(range)?.[1] ?? 1)]),
  );
  const json =
    qualities.get('application/json') ?? qualities.get('application/*') ?? qualities.get('*/*') ?? 0;
  return (qualities.get('text/csv') ?? 0) > json;
}
