/** One way to do a workload's work. */
export interface Contender {
  readonly label: string;
  readonly flops: number;
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

/** What the peer measures under the same name, and what of ours stands beside it. */
export interface Workload {
  readonly name: string;
  /** Loads what is to be measured; it is disposed of before the next workload. */
  open(threads: number): Promise<readonly Contender[]>;
}
