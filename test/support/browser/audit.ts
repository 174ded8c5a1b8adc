import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong in the page as it is now. The page must be open with `bypassCSP`: axe runs as a script of the page. */
export async function audit(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
