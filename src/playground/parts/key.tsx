import type { ComponentChildren } from 'preact';

/** A key that does the same as its button. Screen readers learn it from `aria-keyshortcuts`. */
export const Key = ({ children }: { children: ComponentChildren }) => (
  <span class="key" aria-hidden="true">
    {children}
  </span>
);
