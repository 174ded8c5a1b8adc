/** Time in which one error of a kind is passed on. A Redis that is away makes thousands of the same. */
const INTERVAL_MS = 60_000;

/** `report`, called for one error of each kind in `intervalMs`. */
export function throttleErrors(
  report: (error: unknown) => void,
  intervalMs = INTERVAL_MS,
): (error: unknown) => void {
  const quietUntil = new Map<string, number>();
  return (error) => {
    const kind = kindOf(error);
    const now = performance.now();
    if (now < (quietUntil.get(kind) ?? 0)) return;
    quietUntil.set(kind, now + intervalMs);
    report(error);
  };
}

/**
 * The system's code, or the first word of an error of Redis, or the name of the class. Messages would be too many kinds:
 * they name jobs.
 */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const [redisWord] = /^[A-Z]{3,}(?= )/.exec(error.message) ?? [];
  return 'code' in error && typeof error.code === 'string' ? error.code : (redisWord ?? error.name);
}
