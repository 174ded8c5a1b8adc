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

/** What importing foreign models needs. */
export interface Importing {
  /** Where imported encoders are placed, unless the command says it. */
  readonly folder: string;
  /** The maximum number of bytes of a model and of its weights. */
  readonly maxBytes: number;
  /** Names of encoders that packages of innerloop read. */
  readonly taken: readonly string[];
  readonly runForeign: RunForeign;
  /** @throws InnerloopError `invalid_package` for a `tokenizer.json` that the service could not use */
  tryTokenizer(bytes: Uint8Array): Promise<void>;
  /** Waits until no other command writes to the folder. */
  lock(signal: AbortSignal): Promise<AsyncDisposable>;
}

/** Everything that the command line needs from its machine. */
export interface CliContext {
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Of the process: INNERLOOP_SERVER, INNERLOOP_KEY, NO_COLOR and FORCE_COLOR are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Default number of threads. */
  readonly threads: number;
  /** Aborts when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  openTrainingContext(options: TrainingContextOptions): Promise<OpenTrainingContext>;
  openKeys(): Promise<OpenKeys>;
  /** Deletes all data of a tenant. Answers whether everything is erased, and where; if not, a server finishes it. */
  deleteTenant(tenant: string, keepsKeys: boolean): Promise<{ isErased: boolean; place: string }>;
  readonly fetchPinned: FetchPinned;
  openEncoders(): Promise<EncoderStore>;
  openImporting(): Promise<Importing>;
  /** Starts a server with these settings over those of the environment. It runs until a signal stops it. */
  serve(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Runs the demo on the service at `url`, or on one of its own. Returns the accuracy. */
  demo(url: string | undefined, seed: number, print: (line: string) => void): Promise<number>;
}

export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean };
