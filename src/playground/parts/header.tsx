import { asking } from '../api/key.ts';
import { shown } from '../code/code-dialog.tsx';
import { THEMES, type Theme, theme } from '../state/preferences.ts';
import { language, t } from '../words/words.ts';
import { Icon, type IconName } from './icons.tsx';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };

/** The name, and what concerns the whole page: calls, documentation, key, colours and language. */
export function Header() {
  const themeName = t().themes[THEMES.indexOf(theme.value)] ?? '';
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <header class="top">
      <a class="brand" href="./" aria-label="Innerloop">
        <img src="playground/icon.svg" alt="" width="28" height="28" />
        <span>Innerloop</span>
      </a>
      <span class="row">
        <button
          type="button"
          class="quiet"
          aria-label={t().calls}
          onClick={() => {
            shown.value = '';
          }}
        >
          <Icon name="code" size={18} /> <span class="wide">{t().calls}</span>
        </button>
        <a class="quiet button wide" href="guide/">
          {t().guide}
        </a>
        <a class="quiet button wide" href="docs/">
          {t().docs}
        </a>
        <button
          type="button"
          class="quiet square"
          title={t().keyTitle}
          aria-label={t().keyTitle}
          onClick={() => {
            asking.value = { refused: false };
          }}
        >
          <Icon name="key" size={18} />
        </button>
        <button
          type="button"
          class="quiet square"
          title={themeName}
          aria-label={themeName}
          onClick={() => {
            theme.value = NEXT[theme.value];
          }}
        >
          <Icon name={THEME_ICONS[theme.value]} size={18} />
        </button>
        <button
          type="button"
          class="quiet"
          lang={other}
          onClick={() => {
            language.value = other;
          }}
        >
          {other === 'en' ? 'English' : '中文'}
        </button>
      </span>
    </header>
  );
}
