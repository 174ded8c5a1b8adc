/** Wall-clock time. Domain and service code use it instead of `Date`, so that tests control time. */
export interface Clock {
  now(): Date;
}
