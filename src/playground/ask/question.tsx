import { useState } from 'preact/hooks';
import type { FoundFile } from '../media/dropped.ts';
import { PICTURES } from '../media/pictures.ts';
import { extentOf, pictureOf } from '../media/strokes.ts';
import { Camera } from '../parts/camera.tsx';
import { Chooser, Drop } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import { Play } from '../parts/look.tsx';
import { Pad } from '../parts/pad.tsx';
import { Recorder } from '../parts/recorder.tsx';
import { ask, askAbout, forgetQuestion } from '../state/asking.ts';
import { photoInput, pictureInput, soundInput, textInput } from '../state/inputs.ts';
import type { Session } from '../state/session.ts';
import { SOUNDS } from '../teach/capture.tsx';
import { t } from '../words/words.ts';
import { AskRow } from './row.tsx';

/** The smallest extent of a drawing that is predicted, as a part of the pad. A dot is too little. */
const LEAST_DRAWN = 0.06;

/** Time between two pictures of the camera that are predicted. */
const LOOK_MS = 250;

interface Props {
  readonly session: Session;
}

/** The way to ask in each kind of input. */
export function Question({ session }: Props) {
  switch (session.kind) {
    case 'drawing':
      return <Drawing session={session} />;
    case 'photos':
      return <Photo session={session} />;
    case 'text':
      return <TextQuestion session={session} />;
    case 'sound':
      return <Sound session={session} />;
    case 'table':
      return <AskRow session={session} />;
  }
}

function Drawing({ session }: Props) {
  return (
    <>
      <Pad
        label={t().drawToAsk}
        onDraw={(strokes) => {
          if (strokes.length === 0) forgetQuestion(session);
          else if (extentOf(strokes) > LEAST_DRAWN)
            void pictureOf(strokes)
              .then(pictureInput)
              .then((input) => ask(session, input));
        }}
      />
      <Chooser
        accept={PICTURES}
        onFiles={async ([found]) => {
          if (found) await askAbout(session, found.file, pictureInput);
        }}
      >
        <Icon name="upload" size={18} /> {t().chooseFiles}
      </Chooser>
    </>
  );
}

function Photo({ session }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { look } = session.question.value ?? {};
  const take = async ([found]: readonly FoundFile[]) => {
    if (found) await askAbout(session, found.file, photoInput);
  };
  return (
    <Drop class="photo-question" onFiles={(files) => void take(files)}>
      {isOpen ? (
        <Camera
          everyMs={LOOK_MS}
          onPicture={async (picture) => ask(session, await pictureInput(picture))}
          onClose={() => setOpen(false)}
        />
      ) : (
        <>
          {look?.kind === 'picture' ? (
            <img class="asked" src={look.url} alt={t().askedPicture} />
          ) : (
            <p class="hint">{t().dropToAsk}</p>
          )}
          <span class="row">
            <Chooser accept={PICTURES} onFiles={(files) => void take(files)}>
              <Icon name="upload" size={18} /> {t().choosePhoto}
            </Chooser>
            <button type="button" onClick={() => setOpen(true)}>
              <Icon name="camera" size={18} /> {t().camera}
            </button>
          </span>
        </>
      )}
    </Drop>
  );
}

function TextQuestion({ session }: Props) {
  const { look } = session.question.value ?? {};
  return (
    <textarea
      class="text-question"
      rows={3}
      placeholder={t().typeToAsk}
      aria-label={t().typeToAsk}
      value={look?.kind === 'text' ? look.text : ''}
      onInput={({ currentTarget: { value } }) =>
        value.trim() === '' ? forgetQuestion(session) : ask(session, textInput(value))
      }
    />
  );
}

function Sound({ session }: Props) {
  const { look } = session.question.value ?? {};
  const take = async (file: Blob | undefined) => {
    if (file) await askAbout(session, file, soundInput);
  };
  return (
    <Drop class="photo-question" onFiles={([found]) => void take(found?.file)}>
      {look?.kind === 'sound' && <Play url={look.url} name={t().askedSound} />}
      <span class="row">
        <Recorder onSound={(file) => void take(file)} />
        <Chooser accept={SOUNDS} onFiles={([found]) => void take(found?.file)}>
          <Icon name="upload" size={18} /> {t().chooseSound}
        </Chooser>
      </span>
    </Drop>
  );
}
