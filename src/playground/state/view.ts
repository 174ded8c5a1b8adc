import { signal } from '@preact/signals';
import { VIEWS, type View } from './kinds.ts';

const here = (): View => VIEWS.find((each) => `#${each}` === location.hash) ?? 'drawing';

/** What the page shows: the part of its address after `#`. */
export const view = signal<View>(here());

addEventListener('hashchange', () => {
  view.value = here();
});
