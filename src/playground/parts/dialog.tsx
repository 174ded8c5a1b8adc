import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly isOpen: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A modal dialog. Escape, the button and a press beside it close it. */
export function Dialog({ isOpen, title, onClose, children, class: name = '' }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = useRef(false);
  useLayoutEffect(() => {
    isShown.current = isOpen;
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class={name}
      aria-label={title}
      // The event comes later than the closing: the dialog may be open again.
      onClose={({ currentTarget }) => {
        if (isShown.current && !currentTarget.open) onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {isOpen && (
        <div class="dialog-body">
          <header class="row spread">
            <h2>{title}</h2>
            <button type="button" class="quiet square" title={t().close} onClick={onClose}>
              <Icon name="close" size={18} />
              <span class="sr">{t().close}</span>
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
