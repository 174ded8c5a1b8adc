import type { Warning } from '../../domain/warning.ts';

/** A sound is silent if no sample is louder than this: 60 dB below the maximum. */
const SILENT = 2 ** 15 / 1000;
/** Shorter than any syllable: 50 ms at 16 kHz. */
const SHORT = 800;

/** Warnings about a sound of 16 kHz. */
export function warningsOf(samples: Int16Array): readonly Warning[] {
  if (samples.every((each) => Math.abs(each) <= SILENT))
    return [warning('silent_audio', 'The sound is silent')];
  if (samples.length < SHORT) {
    const ms = Math.round(samples.length / 16);
    return [warning('short_audio', `The sound has only ${ms} milliseconds, less than a syllable`)];
  }
  return [];
}

export function cutWarning(part: 'first' | 'middle', seconds: number): Warning {
  return warning('audio_cut', `Only the ${part} ${Number(seconds.toFixed(2))} seconds of the sound are read`);
}

const warning = (code: string, detail: string): Warning => ({ code, pointer: '', detail });
