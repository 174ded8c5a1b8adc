/**
 * Copies a text, and gives the focus back to `from`. On pages that came by plain HTTP from another machine, browsers offer only
 * the old command, which copies what is selected.
 *
 * @param from the button that was pressed
 * @returns whether the browser has allowed it
 */
export async function copyText(text: string, from: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, from);
  }
}

function copySelected(text: string, from: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  // Beside the button: outside of an open dialog, nothing can be selected.
  from.after(field);
  field.focus({ preventScroll: true });
  field.select();
  try {
    return document.execCommand('copy');
  } finally {
    field.remove();
    from.focus();
  }
}
