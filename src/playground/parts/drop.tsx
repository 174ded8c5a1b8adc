import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type FoundFile, filesOfChooser, filesOfDrop } from '../media/dropped.ts';

interface DropProps {
  readonly onFiles: (files: FoundFile[]) => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A part of the page that takes dropped files and folders. Beside it there is always a chooser, for keyboards. */
export function Drop({ onFiles, children, class: name = '' }: DropProps) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: choosers do the same for keyboards
    <div
      class={`drop ${name} ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!event.dataTransfer) return;
        event.preventDefault();
        event.stopPropagation();
        void filesOfDrop(event.dataTransfer).then(onFiles);
      }}
    >
      {children}
    </div>
  );
}

interface ChooserProps {
  readonly accept?: string;
  readonly folders?: boolean;
  readonly onFiles: (files: FoundFile[]) => void;
  readonly children: ComponentChildren;
}

/** A button that chooses files, or a folder of folders. */
export function Chooser({ accept, folders = false, onFiles, children }: ChooserProps) {
  return (
    <label class="button">
      {children}
      <input
        class="sr"
        type="file"
        multiple
        {...(accept && { accept })}
        {...(folders && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          onFiles(filesOfChooser(currentTarget.files));
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

/** A file that is dropped beside the places for files would replace the page in the browser: the browser refuses it instead. */
export function holdMissedFiles(): void {
  const hold = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', hold);
  addEventListener('drop', hold);
}
