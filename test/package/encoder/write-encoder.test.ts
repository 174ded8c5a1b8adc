import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cannotStart } from '../../../src/main/server/serve.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { tinyEncoderDraft } from '../../support/encoders/tiny-encoder.ts';
import { scratchFolder } from '../../support/scratch.ts';

describe('an encoder that cannot be written', () => {
  it('is refused with its folder and the reason of the system, without a stack, and nothing stays', async () => {
    const folder = await scratchFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    const error = await writeEncoder(file, tinyEncoderDraft('text')).catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: 'invalid_config',
      message: `Cannot write ${join(file, 'tiny-text')}: not a directory`,
    });
    expect(cannotStart(error)).toMatch(
      /^innerloop cannot start: .*: not a directory\n {2}caused by: ENOTDIR.*\n$/,
    );
    expect(await readdir(folder)).toEqual(['file']);
  });
});
