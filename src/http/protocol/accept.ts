const QUALITY = /;\s*q\s*=\s*([\d.]+)/;

/** The qualities of the ranges that a header such as `Accept` lists. */
const qualitiesOf = (header: string): ReadonlyMap<string, number> =>
  new Map(
    header
      .toLowerCase()
      .split(',')
      .map((range) => [String(range.split(';', 1)[0]).trim(), Number(QUALITY.exec(range)?.[1] ?? 1)]),
  );

/**
 * Whether the caller prefers CSV to JSON, which is the default. At equal quality, a type that is named wins against one that
 * only a wildcard allows.
 * @see RFC 9110, section 12.5.1
 */
export function prefersCsv(accept = ''): boolean {
  if (accept === '' || accept === '*/*') return false;
  const qualities = qualitiesOf(accept);
  const qualityOf = (type: string, subtype: string) =>
    qualities.get(`${type}/${subtype}`) ?? qualities.get(`${type}/*`) ?? qualities.get('*/*') ?? 0;
  const [csv, json] = [qualityOf('text', 'csv'), qualityOf('application', 'json')];
  const isOnlyCsvNamed = qualities.has('text/csv') && !qualities.has('application/json');
  return csv > json || (csv === json && csv > 0 && isOnlyCsvNamed);
}

/** @see RFC 9110, section 12.5.3 */
export function acceptsGzip(acceptEncoding = ''): boolean {
  const qualities = qualitiesOf(acceptEncoding);
  return (qualities.get('gzip') ?? qualities.get('*') ?? 0) > 0;
}
