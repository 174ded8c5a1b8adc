/** Our additions to the documentation page: icon, logo, style, and a key that is kept until the tab is closed. */

const drawing =
  '<rect width="32" height="32" rx="8" fill="#0f766e"/><path d="M23 16a7 7 0 1 1-2.6-5.4M16 12.5a3.5 3.5 0 1 1-3.5 3.5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>';

/** The icon of the page at `/`. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawing}</svg>`;

export const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 170 32">${drawing}<text x="44" y="23" fill="#fff" font-family="system-ui, sans-serif" font-size="22" font-weight="600">Innerloop</text></svg>`;

export const CSS = `.swagger-ui .topbar { background: #134e4a; }
.swagger-ui .topbar .download-url-wrapper { display: none; }
`;

/**
 * Keeps the key in `sessionStorage` under the name that the page at `/` uses, so that a key is typed once in a tab. (The option
 * `persistAuthorization` of the page would write it to `localStorage`, where it outlives the tab.) The script runs after that
 * of Swagger UI and before the page creates its interface.
 */
export const KEEP_KEY = `(() => {
  const NAME = 'innerloop-key';
  const create = window.SwaggerUIBundle;
  window.SwaggerUIBundle = Object.assign((config) => {
    const onComplete = () => {
      const kept = sessionStorage.getItem(NAME);
      if (kept !== null) ui.preauthorizeApiKey('key', kept);
      ui.getStore().subscribe(() => {
        const key = ui.authSelectors.authorized()?.getIn(['key', 'value']);
        if (typeof key === 'string') sessionStorage.setItem(NAME, key);
        else sessionStorage.removeItem(NAME);
      });
    };
    const ui = create({ ...config, onComplete });
    return ui;
  }, create);
})();
`;
