import type { Config } from '../../config.ts';
import { InnerloopError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';

/** Creates the folder DATA_DIR if it does not exist. @throws InnerloopError `invalid_config` */
export async function makeDataFolder({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): Promise<void> {
  try {
    await makeFolder(DATA_DIR);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new InnerloopError(
        'invalid_config',
        `No room in DATA_DIR: ${DATA_DIR} cannot be created (${code})`,
      );
    const got = `${JSON.stringify(DATA_DIR)}, which cannot be created (${code})`;
    throw new InnerloopError(
      'invalid_config',
      `DATA_DIR must be a folder, or a path for a new one, got ${got}`,
    );
  }
}
