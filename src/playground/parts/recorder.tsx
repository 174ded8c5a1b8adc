import { useEffect, useRef, useState } from 'preact/hooks';
import { type Recording, record } from '../media/record.ts';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';

/** Records a word: one press starts, another ends, and so does the longest time. */
export function Recorder({ onSound }: { onSound: (file: Blob) => void }) {
  const recording = useRef<Promise<Recording> | null>(null);
  const [level, setLevel] = useState<number | null>(null);
  const [failure, setFailure] = useState('');

  const stop = async () => {
    const { current } = recording;
    recording.current = null;
    if (!current) return;
    setLevel(null);
    const file = await (await current).stop();
    onSound(file);
  };
  const start = () => {
    setFailure('');
    setLevel(0);
    const begun = record({
      // Sound that was on its way when the recording ended still arrives.
      onLevel: (loudness) => recording.current === begun && setLevel(loudness),
      onFull: () => recording.current === begun && void stop(),
    });
    recording.current = begun;
    begun.catch((error: Error) => {
      recording.current = null;
      setLevel(null);
      setFailure(error.message);
    });
  };
  // Releases the microphone when the component is removed.
  useEffect(
    () => () => {
      void recording.current?.then((each) => each.stop());
      recording.current = null;
    },
    [],
  );

  return (
    <span class="recorder">
      <button
        type="button"
        aria-pressed={level !== null}
        onClick={() => (recording.current ? void stop() : start())}
      >
        <Icon name="sound" size={18} />
        {level === null ? t().record : t().stopRecording}
      </button>
      {level !== null && <progress class="level" max={1} value={level} aria-label={t().loudness} />}
      {failure !== '' && <span class="problem">{t().noMicrophone(failure)}</span>}
    </span>
  );
}
