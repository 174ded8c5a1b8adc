import { useState } from 'preact/hooks';
import { LabelNext } from '../label-next/label-next.tsx';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { AnswerMap } from './answer-map.tsx';
import { Changes } from './changes.tsx';
import { PackagesSideBySide } from './packages.tsx';
import { Versions } from './versions.tsx';

const PARTS = {
  map: AnswerMap,
  label: LabelNext,
  changes: Changes,
  packages: PackagesSideBySide,
  versions: Versions,
} as const;
type Part = keyof typeof PARTS;

/** A table is sent as a file, so the page has no examples for the map or for other packages. */
const partsOf = ({ kind }: Session): readonly Part[] =>
  kind === 'table' ? ['label', 'changes', 'versions'] : ['map', 'label', 'changes', 'packages', 'versions'];

/** What is behind the answers: a map of them, what to label next, changes over time, other packages, versions. */
export function Inside({ session }: { session: Session }) {
  const parts = partsOf(session);
  const [open, setOpen] = useState<Part>(parts[0] ?? 'versions');
  if (session.adaptation.value === null) return null;
  const Shown = PARTS[open];
  return (
    <section class="inside" aria-labelledby="inside-title">
      <header class="part-title">
        <h2 id="inside-title">
          <span class="step">3</span> {t().inside}
        </h2>
        <fieldset class="segments" aria-label={t().inside}>
          {parts.map((part) => (
            <button type="button" key={part} aria-pressed={open === part} onClick={() => setOpen(part)}>
              {t().parts[part]}
            </button>
          ))}
        </fieldset>
      </header>
      <div class="card stack">
        <Shown session={session} />
      </div>
    </section>
  );
}
