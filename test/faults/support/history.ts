/** From when a request was sent to when it was answered, on a clock that counts. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

export interface Accepted extends Interval {
  readonly id: string;
  /** When it was seen to have succeeded. */
  succeededBy: number;
}

/**
 * All that was done to one task. What is asked of it while others change it has many right answers: those that fit some
 * moment between request and answer. What ended before another began came first, and no more is known of their order.
 */
export class TaskHistory {
  readonly accepted: Accepted[] = [];
  readonly put: Interval[] = [];
  readonly deleted: Interval[] = [];
  /** By adaptation: the digest of its support set. */
  readonly digests = new Map<string, string>();
  readonly cancelled: (Interval & { readonly id: string })[] = [];

  /** Whether the task may have been there at some moment of `asked`. */
  mayExist(asked: Interval): boolean {
    return this.#created().some((each) => each.start < asked.end && !between(this.deleted, each, asked));
  }

  /** Whether there may have been no task at some moment of `asked`. */
  mayBeAbsent(asked: Interval): boolean {
    return !this.#created().some(({ start, end }) => end < asked.start && !this.#deletedIn(start, asked.end));
  }

  /** Whether predictions may have been answered by this adaptation at some moment of `asked`. */
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

  /** Whether the task may have had no adaptation that has succeeded at some moment of `asked`. */
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

/** Whether one of `events` came after `first` had ended, and ended before `last` began. */
function between(events: readonly Interval[], first: Interval, last: Interval): boolean {
  return events.some(({ start, end }) => start > first.end && end < last.start);
}
