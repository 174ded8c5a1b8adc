/** Runs on the audio thread: passes the samples of the microphone on as they come. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;

class Recorder extends AudioWorkletProcessor {
  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    const samples = channels?.[0];
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
}

registerProcessor('recorder', Recorder);
