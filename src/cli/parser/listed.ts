import type { CliContext } from '../context.ts';
import type { Command, Group } from './command.ts';

/** A command as the catalogue has it. */
export interface Listed {
  readonly description: string;
  /** The section of the help that lists it. */
  readonly heading: string;
  /** Loads the module of the command: it may load the trainer. */
  load(context: CliContext): Promise<Command | Group>;
}

/** Commands by name, in the order of the help. */
export type Catalogue = Readonly<Record<string, Listed>>;
