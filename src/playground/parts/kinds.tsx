import { useEffect, useRef } from 'preact/hooks';
import { VIEWS, type View } from '../state/kinds.ts';
import { view } from '../state/view.ts';
import { t } from '../words/words.ts';
import { Icon, type IconName } from './icons.tsx';

const ICONS: Readonly<Record<View, IconName>> = {
  drawing: 'draw',
  photos: 'photos',
  text: 'text',
  table: 'table',
  sound: 'sound',
  curve: 'curve',
};

/** What to learn from. On a narrow screen the row scrolls, and the chosen one is in sight. */
export function Kinds() {
  const nav = useRef<HTMLElement>(null);
  const current = view.value;
  useEffect(() => {
    const chosen = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (chosen && nav.current) nav.current.scrollLeft = chosen.offsetLeft - nav.current.offsetLeft - 60;
  }, [current]);
  return (
    <nav class="kinds" ref={nav} aria-label={t().learnFrom}>
      {VIEWS.map((each) => (
        <a key={each} href={`#${each}`} {...(each === current && { 'aria-current': 'page' as const })}>
          <Icon name={ICONS[each]} />
          {t().views[each]}
        </a>
      ))}
    </nav>
  );
}
