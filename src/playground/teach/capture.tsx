import { useRef, useState } from 'preact/hooks';
import type { FoundFile } from '../media/dropped.ts';
import { PICTURES } from '../media/pictures.ts';
import type { Stroke } from '../media/strokes.ts';
import { readTexts } from '../media/texts.ts';
import { Camera } from '../parts/camera.tsx';
import { Chooser } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import { Pad } from '../parts/pad.tsx';
import { Recorder } from '../parts/recorder.tsx';
import { drawingInput, photoInput, soundInput, textInput } from '../state/inputs.ts';
import type { Label } from '../state/labels.ts';
import type { Session } from '../state/session.ts';
import { addInputs } from '../state/teaching.ts';
import { t } from '../words/words.ts';

interface Props {
  readonly session: Session;
  readonly label: Label;
  readonly onFiles: (files: FoundFile[]) => void;
}

export const SOUNDS = 'audio/wav,audio/flac,audio/ogg,audio/opus,audio/mpeg';

/** The way to add an example to a label. */
export function Capture(props: Props) {
  switch (props.session.kind) {
    case 'drawing':
      return <Draw {...props} />;
    case 'photos':
      return <Photos {...props} />;
    case 'text':
      return <Texts {...props} />;
    case 'sound':
      return <Sounds {...props} />;
    case 'table':
      return null;
  }
}

function Draw({ session, label, onFiles }: Props) {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [round, setRound] = useState(0);
  const add = async () => {
    addInputs(session, label.name, [await drawingInput(strokes)]);
    setStrokes([]);
    setRound(round + 1);
  };
  return (
    <div class="draw">
      <Pad label={t().drawFor(label.name)} round={round} onDraw={(drawn) => setStrokes([...drawn])} />
      <button type="button" disabled={strokes.length === 0} onClick={() => void add()}>
        <Icon name="plus" size={18} /> {t().add}
      </button>
      <Chooser accept={PICTURES} onFiles={onFiles}>
        <Icon name="upload" size={18} /> {t().chooseFiles}
      </Chooser>
    </div>
  );
}

function Photos({ session, label, onFiles }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <span class="row">
        <Chooser accept={PICTURES} onFiles={onFiles}>
          <Icon name="upload" size={18} /> {t().choosePhotos}
        </Chooser>
        {!isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            <Icon name="camera" size={18} /> {t().camera}
          </button>
        )}
      </span>
      {isOpen && (
        <Camera
          onPicture={async (picture) => addInputs(session, label.name, [await photoInput(picture)])}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function Texts({ session, label }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const add = () => {
    const { current } = field;
    if (!current) return;
    for (const { label: own, text } of readTexts(current.value))
      addInputs(session, own ?? label.name, [textInput(text)]);
    current.value = '';
  };
  return (
    <form
      class="texts"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        placeholder={t().typeText}
        aria-label={t().textFor(label.name)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          add();
        }}
        onPaste={(event) => {
          // Several lines are several examples: take them at once.
          if (!event.clipboardData?.getData('text').trim().includes('\n')) return;
          setTimeout(add);
        }}
      />
      <button type="submit">
        <Icon name="plus" size={18} /> {t().add}
      </button>
    </form>
  );
}

function Sounds({ session, label, onFiles }: Props) {
  return (
    <span class="row">
      <Recorder onSound={async (file) => addInputs(session, label.name, [await soundInput(file)])} />
      <Chooser accept={SOUNDS} onFiles={onFiles}>
        <Icon name="upload" size={18} /> {t().chooseSounds}
      </Chooser>
    </span>
  );
}
