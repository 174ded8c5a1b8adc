/** The address in the log line of a server that listens. Null for other lines: the last one is cut off if the process is killed. */
export function listeningAddress(line: string): string | null {
  return line.includes('"msg":"listening"') ? String(JSON.parse(line).address) : null;
}
