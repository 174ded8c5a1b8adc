import type { RunForeign } from '../encoders/import/options.ts';
import type { Clock } from '../ports/clock.ts';
import type { FetchPinned } from '../ports/fetch-pinned.ts';
import type { Keys } from '../service/keys/keys.ts';
import type { TrainingContext } from '../training/loop/train-package.ts';
import type { EncoderStore } from './encoder-store.ts';

/** The training context of one command; closed when the command ends. */
export type OpenTrainingContext = TrainingContext & AsyncDisposable;

export interface TrainingContextOptions {
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (decoded: number, total: number) => void;
  readonly onNote?: (note: string) => void;
}

/** The keys of a service, and a description of where they are stored. */
export interface OpenKeys extends AsyncDisposable {
  readonly keys: Keys;
  readonly place: string;
}

/** What importing models of others needs. */
export interface Importing {
  /** Where imported encoders are placed, unless the command says it. */
  readonly folder: string;
  /** The most bytes of a model and of its weights. */
  readonly maxBytes: number;
  readonly runForeign: RunForeign;
  /** Waits until no other command writes to the folder. */
  lock(signal: AbortSignal): Promise<AsyncDisposable>;
}

/** Everything that the command line needs from its machine. */
export interface CliContext {
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly clock: Clock;
  /** Default number of threads. */
  readonly threads: number;
  /** Aborts when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  openTrainingContext(options: TrainingContextOptions): Promise<OpenTrainingContext>;
  openKeys(): Promise<OpenKeys>;
  readonly fetchPinned: FetchPinned;
  openEncoders(): EncoderStore;
  openImporting(): Importing;
}

export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean };
