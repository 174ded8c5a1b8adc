/** One implementation of a workload. */
export interface Contender {
  readonly label: string;
  readonly flops: number;
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

/** The peer's workload of this name, and our implementations of it. */
export interface Workload {
  readonly name: string;
  /** Loads the contenders. They are disposed of before the next workload. */
  open(threads: number): Promise<readonly Contender[]>;
}
