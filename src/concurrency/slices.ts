/** Work in small parts: it yields after each, so that its caller can let other work run in between. */
export type Slices<T> = Generator<void, T, void>;

/** Does all of the work at once. */
export function finish<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
