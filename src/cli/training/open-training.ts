import type { CliContext, OpenTrainingContext } from '../context.ts';
import { createProgress, type ProgressDisplay } from '../display/progress.ts';

/**
 * Opens the training context of a command. Writes to stderr the progress of reading examples (decoding or embedding them), and
 * each note once, even if several splits of a dataset give the same note.
 */
export async function openTraining(context: CliContext, threads: number): Promise<OpenTrainingContext> {
  const { stderr, clock, signal } = context;
  const notes = new Set<string>();
  let display: ProgressDisplay | null = null;
  // A bar that is not stopped keeps the process alive.
  const stop = () => {
    display?.stop();
    display = null;
  };
  const training = await context.openTrainingContext({
    threads,
    signal,
    onProgress(done, total) {
      display ??= createProgress({ name: 'reading examples', stream: stderr, clock });
      display.update({ done, total, notes: [] });
      if (done === total) stop();
    },
    onNote(note) {
      if (!notes.has(note)) stderr.write(`${note}\n`);
      notes.add(note);
    },
  });
  return {
    ...training,
    async [Symbol.asyncDispose]() {
      stop();
      await training[Symbol.asyncDispose]();
    },
  };
}
