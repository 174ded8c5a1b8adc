import { useEffect } from 'preact/hooks';
import { Ask } from './ask/ask.tsx';
import { CodeDialog } from './code/code-dialog.tsx';
import { Header } from './parts/header.tsx';
import { KeyDialog } from './parts/key-dialog.tsx';
import { Kinds } from './parts/kinds.tsx';
import { reads, type Session, sessions } from './state/session.ts';
import { loadStored } from './state/stored.ts';
import { view } from './state/view.ts';
import { Teach } from './teach/teach.tsx';
import { Curve } from './understand/curve.tsx';
import { Inside } from './understand/inside.tsx';
import { t } from './words/words.ts';

export function App() {
  const current = view.value;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {t().skip}
      </button>
      <Header />
      <main id="main" tabIndex={-1}>
        <div class="hero">
          <h1>{t().title}</h1>
          <p>{t().subtitle}</p>
        </div>
        <Kinds />
        {current === 'curve' ? <Curve /> : <Halves key={current} session={sessions[current]} />}
      </main>
      <footer>
        <p>{t().footer}</p>
        <span class="row">
          <a href="guide/">{t().guide}</a>
          <a href="docs/">{t().docsLong}</a>
        </span>
      </footer>
      <CodeDialog />
      <KeyDialog />
    </>
  );
}

function Halves({ session }: { session: Session }) {
  const { isPartial } = session;
  // The stored examples are fetched only for the task that is shown.
  useEffect(() => {
    // Finish reading before the task is deleted: afterwards the service would answer 404.
    if (isPartial.value) void reads(session, loadStored(session)).catch(() => null);
  }, [session, isPartial.value]);
  return (
    <>
      <div class="halves">
        <Teach session={session} />
        <Ask session={session} />
      </div>
      <Inside session={session} />
    </>
  );
}
