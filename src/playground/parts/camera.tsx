import { useEffect, useRef, useState } from 'preact/hooks';
import { photoOf, showsSomething } from '../media/pictures.ts';
import { t } from '../words/words.ts';

interface Props {
  /** A picture that the person took, or with `everyMs` each picture. */
  readonly onPicture: (picture: Blob) => void;
  /** Takes pictures by itself, this long apart. */
  readonly everyMs?: number;
  readonly onClose: () => void;
}

/** Pixels on the shorter side of a picture that is only predicted. */
const ASKED_SIDE = 256;

/** Time between two checks whether the camera shows a picture. */
const READY_MS = 100;

/** What the camera sees. The pictures stay on this page until they are added as examples or predicted. */
export function Camera({ onPicture, everyMs, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [isReady, setReady] = useState(false);
  const [failure, setFailure] = useState('');
  const take = async () => {
    const { current } = video;
    if (!current || !isReady) return;
    const side = everyMs === undefined ? undefined : ASKED_SIDE;
    onPicture(await photoOf(current, current.videoWidth, current.videoHeight, side));
  };
  const latestTake = useRef(take);
  latestTake.current = take;

  useEffect(() => {
    let stream: MediaStream | undefined;
    let isClosed = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (isClosed) return stop();
      if (!video.current) return;
      video.current.srcObject = stream;
      // Browsers play videos by themselves only where they are in sight.
      await video.current.play();
    };
    start().catch((error: Error) => {
      stop();
      if (!isClosed) setFailure(error.message);
    });
    const timer = everyMs === undefined ? undefined : setInterval(() => void latestTake.current(), everyMs);
    const untilReady = setInterval(() => {
      if (!video.current || !showsSomething(video.current)) return;
      setReady(true);
      clearInterval(untilReady);
    }, READY_MS);
    return () => {
      isClosed = true;
      clearInterval(timer);
      clearInterval(untilReady);
      stop();
    };
  }, [everyMs]);

  return (
    <div class="camera">
      <video ref={video} playsInline muted aria-label={t().cameraView} />
      {failure !== '' && <p class="problem">{t().noCamera(failure)}</p>}
      <span class="row">
        {everyMs === undefined && (
          <button type="button" class="primary" disabled={!isReady} onClick={() => void take()}>
            {t().takePicture}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {t().closeCamera}
        </button>
      </span>
    </div>
  );
}
