/** What the exit codes of every command mean. docs/command-line.md has this table. */
export const EXIT_CODES = [
  { code: 0, meaning: 'The command succeeded.' },
  { code: 1, meaning: 'It failed: a file, a folder, the machine, or a refusal of the server.' },
  { code: 2, meaning: 'The command line is wrong. Nothing was done.' },
  { code: 3, meaning: 'The server cannot be reached, or the connection broke.' },
  { code: 130, meaning: 'It was interrupted with Ctrl-C (128 + 2, the number of SIGINT).' },
] as const;

export type ExitCode = (typeof EXIT_CODES)[number]['code'];
