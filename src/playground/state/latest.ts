/**
 * Runs `work` for the latest value: while it runs, newer values replace each other, and the last of them comes next. At most
 * one run is in progress.
 */
export function latest<T>(work: (value: T) => Promise<void>): (value: T) => void {
  let next: { readonly value: T } | null = null;
  let isBusy = false;
  const run = async () => {
    isBusy = true;
    while (next !== null) {
      const { value } = next;
      next = null;
      await work(value);
    }
    isBusy = false;
  };
  return (value) => {
    next = { value };
    if (!isBusy) void run();
  };
}
