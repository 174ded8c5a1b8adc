/** What the tenant chooses for a task as a whole. `PUT /tasks/<id>` replaces each member that it names. */
export interface TaskSettings {
  /** What happens when another version of the package is installed. */
  readonly packageUpdates: PackageUpdates;
  /** Whether the features of its inputs are kept, so that drift can be measured. */
  readonly monitor: boolean;
  /** How many predictions are kept with their input, and for how long. Null: none. */
  readonly keep: KeptPredictions | null;
  /** Which examples an adaptation learns from, if not from all. */
  readonly memory: Memory | null;
  /** Options of predictions that do not name them. */
  readonly defaults: PredictionDefaults;
}

/**
 * `pin`: the task stays with the version that it uses. `follow`: the version that it uses answers while the stored examples
 * are adapted to the installed version, in the background.
 */
export type PackageUpdates = (typeof PACKAGE_UPDATES)[number];
export const PACKAGE_UPDATES = ['pin', 'follow'] as const;

export interface KeptPredictions {
  /** How many are kept: the latest ones. */
  readonly predictions: number;
  /** For how many hours each is kept. */
  readonly hours: number;
}

/** An adaptation learns from the `last` examples of each label (of all examples, for regression). */
export interface Memory {
  readonly last: number;
}

export interface PredictionDefaults {
  /** Whether a prediction may have no label: by fixed limits (`true`), or so that about this share of inputs gets one. */
  readonly reject?: boolean | { readonly coverage: number };
  /** The level of conformal sets, such as 0.9. */
  readonly set?: number;
  readonly explain?: boolean;
}

export const DEFAULT_SETTINGS: TaskSettings = Object.freeze({
  packageUpdates: 'pin',
  monitor: false,
  keep: null,
  memory: null,
  defaults: Object.freeze({}),
});

const NAMES = Object.keys(DEFAULT_SETTINGS) as (keyof TaskSettings)[];

/** The members of `given` that are settings. Without those that are undefined. */
export function settingsIn(given: Partial<TaskSettings>): Partial<TaskSettings> {
  return Object.fromEntries(
    NAMES.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}
