import type { Completion } from '../parser/command.ts';
import { quoted } from './quoted.ts';
import type { Words } from './words.ts';

/**
 * A completion for bash: a function with a case for each command. For zsh too, whose `bashcompinit` reads it.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export function bashCompletion(all: readonly Words[]): string {
  const groups = all.filter(({ commands }) => commands.length > 0).map(({ after }) => after);
  const cases = all.map(({ after, commands, options, argument }) => {
    const values = options
      .filter(({ value }) => value !== null)
      .map(({ name, value }) => `      ${name}) ${offer(value ?? 'nothing')}; return ;;`);
    const names = [...commands, ...options].map(({ name }) => name).join(' ');
    return `  ${quoted(after)})
    case $previous in
${values.join('\n')}${values.length > 0 ? '\n' : ''}    esac
    if [[ $current == -* ]]; then ${offer(options.map(({ name }) => name))}
    else ${commands.length > 0 ? offer(commands.map(({ name }) => name)) : offer(argument)}
    fi ;; # ${names}`.replace(/ # .*$/, '');
  });
  return `_innerloop() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' file i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command" in
      ${groups.map(quoted).join('|')}) [[ \${COMP_WORDS[i]} == -* ]] || command="\${command:+$command }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command" in
${cases.join('\n')}
  esac
}
complete -o filenames -F _innerloop innerloop
`;
}

function offer(what: Completion): string {
  if (what === 'nothing') return ':';
  // By lines: the shell would split a list at the spaces in names. macOS has bash 3.2, which has no `mapfile`.
  if (what === 'files')
    return 'while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")';
  return `COMPREPLY=($(compgen -W ${quoted(what.join(' '))} -- "$current"))`;
}
