import type { OnnxInitializer } from '../../onnx/model.ts';
import type { Entry } from './folded.ts';
import { refuse } from './refusal.ts';

/**
 * The tensors by their names in a graph. A graph within a node also sees the names around it. These are looked up, not copied:
 * a file can have thousands of such graphs.
 */
export class Scope {
  readonly #entries: Map<string, Entry>;
  readonly #initializers: ReadonlyMap<string, OnnxInitializer>;
  readonly #defined: Set<string>;
  readonly #read: (initializer: OnnxInitializer) => Entry;
  readonly #outer: Scope | null;

  constructor(
    given: Iterable<readonly [string, Entry]>,
    initializers: readonly OnnxInitializer[],
    read: (initializer: OnnxInitializer) => Entry,
    outer: Scope | null,
  ) {
    this.#entries = new Map(given);
    this.#initializers = new Map(initializers.map((each) => [each.name, each]));
    this.#defined = new Set([...this.#entries.keys(), ...this.#initializers.keys()]);
    this.#read = read;
    this.#outer = outer;
  }

  /** Reads an initializer when it is first used. */
  find(name: string): Entry | undefined {
    const found = this.#entries.get(name);
    if (found) return found;
    const initializer = this.#initializers.get(name);
    if (!initializer) return this.#outer?.find(name);
    const read = this.#read(initializer);
    this.#entries.set(name, read);
    return read;
  }

  /** @throws InnerloopError `invalid_package` for a name that stands for something already */
  define(name: string, entry: Entry | undefined): void {
    if (this.isDefined(name)) throw refuse('each tensor to be defined once', `${name} twice`);
    this.#defined.add(name);
    if (entry) this.#entries.set(name, entry);
  }

  /** Whether the name stands for something here or around. */
  isDefined(name: string): boolean {
    return this.#defined.has(name) || (this.#outer?.isDefined(name) ?? false);
  }
}
