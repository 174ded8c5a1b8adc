/** The time from a request to its answer, on a logical clock. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

export interface Accepted extends Interval {
  readonly id: string;
  /** The time at which the success was first seen. */
  succeededBy: number;
}

/**
 * The history of all requests for one task. A read during concurrent changes may have several right answers: any state of
 * the task between request and answer. If one request ended before another began, it came first; otherwise their order is
 * unknown.
 *
 * @see Herlihy & Wing, Linearizability (1990)
 */
export class TaskHistory {
  readonly accepted: Accepted[] = [];
  readonly put: Interval[] = [];
  readonly deleted: Interval[] = [];
  /** The digest of the support set of each adaptation. */
  readonly digests = new Map<string, string>();
  readonly cancelled: (Interval & { readonly id: string })[] = [];

  /** Whether the task may have existed at some moment of `asked`. */
  mayExist(asked: Interval): boolean {
    return this.#created().some((each) => each.start < asked.end && !between(this.deleted, each, asked));
  }

  /** Whether the task may have been missing at some moment of `asked`. */
  mayBeAbsent(asked: Interval): boolean {
    return !this.#created().some(({ start, end }) => end < asked.start && !this.#deletedIn(start, asked.end));
  }

  /** Whether this adaptation may have answered predictions at some moment of `asked`. */
  mayBeCurrent(id: string, asked: Interval): boolean {
    return this.accepted.some((each) => {
      if (each.id !== id || each.start > asked.end) return false;
      const isCancelled = between(
        this.cancelled.filter((cancel) => cancel.id === id),
        each,
        asked,
      );
      const isReplaced = this.accepted.some(
        ({ start, succeededBy }) => start > each.end && succeededBy < asked.start,
      );
      return !isCancelled && !isReplaced && !between(this.deleted, each, asked);
    });
  }

  /** Whether the task may have had no succeeded adaptation at some moment of `asked`. */
  mayBeUnadapted(asked: Interval): boolean {
    const isAdapted = ({ start, succeededBy }: Accepted) =>
      succeededBy < asked.start && !this.#deletedIn(start, asked.end);
    return this.mayExist(asked) && !this.accepted.some(isAdapted);
  }

  #created(): readonly Interval[] {
    return [...this.accepted, ...this.put];
  }

  #deletedIn(start: number, end: number): boolean {
    return this.deleted.some((each) => each.end > start && each.start < end);
  }
}

/** Whether one of `events` began after the end of `first`, and ended before the start of `last`. */
function between(events: readonly Interval[], first: Interval, last: Interval): boolean {
  return events.some(({ start, end }) => start > first.end && end < last.start);
}
