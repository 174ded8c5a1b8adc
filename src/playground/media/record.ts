import { wavOf } from './wav.ts';

export interface Recording {
  /** Ends the recording. Resolves with a WAV file. */
  stop(): Promise<Blob>;
}

/** A word takes less. */
const MAX_SECONDS = 2;

/** The part of the shown level that is left after a second without sound, so that short sounds can be seen. */
const LEFT_AFTER_A_SECOND = 0.02;

interface Listeners {
  /** Gets the loudness, from 0 to 1. */
  readonly onLevel: (level: number) => void;
  /** Is called once, when the longest recording is reached. */
  readonly onFull: () => void;
}

/** Records the microphone as samples, without compression. Asks the person for permission. */
export async function record(listeners: Listeners): Promise<Recording> {
  const context = new AudioContext();
  let stream: MediaStream | undefined;
  const release = async () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    await context.close();
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    await context.audioWorklet.addModule('playground/recorder.js');
    return recordingOf(context, stream, release, listeners);
  } catch (error) {
    await release();
    throw error;
  }
}

function recordingOf(
  context: AudioContext,
  stream: MediaStream,
  release: () => Promise<void>,
  { onLevel, onFull }: Listeners,
): Recording {
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  const chunks: Float32Array[] = [];
  const { sampleRate } = context;
  const most = MAX_SECONDS * sampleRate;
  let level = 0;
  let recorded = 0;
  node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    chunks.push(data);
    level *= LEFT_AFTER_A_SECOND ** (data.length / sampleRate);
    level = Math.max(level, Math.min(1, 2 * Math.max(...data.map(Math.abs))));
    onLevel(level);
    const before = recorded;
    recorded += data.length;
    if (before < most && recorded >= most) onFull();
  };
  source.connect(node);
  return {
    async stop() {
      source.disconnect();
      await release();
      return new Blob([wavOf(chunks, sampleRate)], { type: 'audio/wav' });
    },
  };
}
