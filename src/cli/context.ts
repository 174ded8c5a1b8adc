import type { Clock } from '../ports/clock.ts';
import type { Keys } from '../service/keys/keys.ts';
import type { TrainingContext } from '../training/loop/train-package.ts';

/** What a command works with; opened for one command and closed after it. */
export type OpenTrainingContext = TrainingContext & AsyncDisposable;

export interface TrainingContextOptions {
  readonly threads: number;
  readonly onProgress?: (decoded: number, total: number) => void;
  readonly onNote?: (note: string) => void;
}

/** The keys of a service, and where they are, in a word for people. */
export interface OpenKeys extends AsyncDisposable {
  readonly keys: Keys;
  readonly place: string;
}

/** All that the command line needs of the machine it runs on. */
export interface CliContext {
  readonly version: string;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly clock: Clock;
  /** Threads to use unless told. */
  readonly threads: number;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  openTrainingContext(options: TrainingContextOptions): Promise<OpenTrainingContext>;
  openKeys(): Promise<OpenKeys>;
}
