import { wavOf } from './wav.ts';

export interface Recording {
  /** Ends the recording. Resolves with a WAV file. */
  stop(): Promise<Blob>;
}

/** A word takes less. */
export const MAX_SECONDS = 2;

/**
 * Records the microphone as samples, without compression. Asks the person for permission.
 *
 * @param onLevel gets the loudness, from 0 to 1
 */
export async function record(onLevel: (level: number) => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  await context.audioWorklet.addModule('playground/recorder.js');
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  const chunks: Float32Array[] = [];
  node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    chunks.push(data);
    onLevel(Math.min(1, 2 * Math.max(...data.map(Math.abs))));
  };
  source.connect(node);
  return {
    async stop() {
      source.disconnect();
      for (const track of stream.getTracks()) track.stop();
      await context.close();
      return new Blob([wavOf(chunks, context.sampleRate)], { type: 'audio/wav' });
    },
  };
}
