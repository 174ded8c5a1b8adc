import type { Look } from '../state/labels.ts';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';

/** An input as it looks: a small picture, a text, or a sound to play. Labels and texts are only ever text nodes. */
export function LookOf({ look, name }: { look: Look; name: string }) {
  if (look.kind === 'picture') return <img class="thumbnail" src={look.url} alt={name} />;
  if (look.kind === 'text') return <span class="quote">{look.text}</span>;
  return <Play url={look.url} name={name} />;
}

export function Play({ url, name }: { url: string; name: string }) {
  return (
    <button
      type="button"
      class="square play"
      title={t().playSound(name)}
      aria-label={t().playSound(name)}
      onClick={() => void new Audio(url).play()}
    >
      <Icon name="play" size={16} />
    </button>
  );
}
