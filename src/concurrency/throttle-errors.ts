/** In this time, one error of each kind is reported. While Redis is away, thousands of equal errors occur. */
const INTERVAL_MS = 60_000;

/** Calls `report` for the first error of each kind, and then for at most one of that kind per `intervalMs`. */
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
 * The system's error code, else the first word of a Redis error, else the name of the class. Not the whole message, because
 * messages contain ids.
 */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const [redisWord] = /^[A-Z]{3,}(?= )/.exec(error.message) ?? [];
  return 'code' in error && typeof error.code === 'string' ? error.code : (redisWord ?? error.name);
}
