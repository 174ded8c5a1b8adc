import { render } from 'preact';
import { App } from './app.tsx';
import { holdMissedFiles } from './parts/drop.tsx';
import { applyPreferences } from './state/preferences.ts';
import { findKeptTasks } from './state/session.ts';

applyPreferences();
holdMissedFiles();
const root = document.getElementById('app');
if (root) render(<App />, root);
findKeptTasks();
