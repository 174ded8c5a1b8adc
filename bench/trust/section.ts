import type { OpenTrainingContext } from '../../src/cli/context.ts';
import type { Package } from '../../src/package/manifest.ts';

/** One section of `bench/TRUST.md`. Each is a file in `sections/`, and a line in `sections/index.ts`. */
export interface Section {
  readonly title: string;
  /** What is measured and how, in Markdown. */
  readonly intro: string;
  /** The tables contain the number of tasks. */
  readonly countsTasks?: true;
  /** Measures, and answers tables in Markdown. */
  run(context: TrustContext): Promise<string>;
}

export interface TrustContext {
  readonly training: OpenTrainingContext;
  readonly packages: readonly Package[];
  /** Simulated tasks for each figure. */
  readonly tasks: number;
  /** Prints what is measured at the moment. */
  note(text: string): void;
}
