/** Passes on one error of each kind in `intervalMs`: a Redis that is away makes thousands of the same. */
export function sparingly(report: (error: unknown) => void, intervalMs = 5000): (error: unknown) => void {
  const quietUntil = new Map<string, number>();
  return (error) => {
    const kind = kindOf(error);
    const now = performance.now();
    if (now < (quietUntil.get(kind) ?? 0)) return;
    quietUntil.set(kind, now + intervalMs);
    report(error);
  };
}

/** Few, unlike messages, which name jobs. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
