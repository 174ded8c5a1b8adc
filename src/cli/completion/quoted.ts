/** A word for a shell: in single quotes. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
