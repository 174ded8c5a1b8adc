/** Wall-clock time. Core code takes it as an argument and never asks `Date` itself. */
export interface Clock {
  now(): Date;
}
