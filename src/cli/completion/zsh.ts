import { quoted } from './quoted.ts';
import type { Described, OptionWords, Words } from './words.ts';

/**
 * A completion for zsh, with descriptions. It works sourced, and as a file `_innerloop` in `fpath`.
 *
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html, `_arguments` and `_describe`
 */
export function zshCompletion(all: readonly Words[]): string {
  const functions = all.map(({ after, commands, options, argument }) => {
    const specs = options.map(spec);
    if (commands.length > 0)
      return `${nameOf(after)}() {
  local -a commands=(${commands.map(described).join(' ')})
  _arguments -C ${specs.join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands.map(({ name }) => `        ${name}) ${nameOf(`${after} ${name}`.trim())} ;;`).join('\n')}
      esac ;;
  esac
}`;
    const rest =
      argument === 'files'
        ? " '*:file:_files'"
        : typeof argument === 'string'
          ? ''
          : ` '*:word:(${argument.join(' ')})'`;
    return `${nameOf(after)}() {\n  _arguments ${specs.join(' ')}${rest}\n}`;
  });
  return `#compdef innerloop
${functions.join('\n')}
if [[ $funcstack[1] == _innerloop ]]; then _innerloop "$@"; else compdef _innerloop innerloop; fi
`;
}

const nameOf = (after: string) => ['_innerloop', ...after.split(' ').filter(Boolean)].join('_');

const described = ({ name, description }: Described) =>
  quoted(`${name.replaceAll(':', '\\:')}:${description}`);

function spec({ name, description, value }: OptionWords): string {
  const text = `${name}[${description.replace(/[[\]:\\]/g, '\\$&')}]`;
  if (value === null) return quoted(text);
  const action = value === 'files' ? '_files' : value === 'nothing' ? ' ' : `(${value.join(' ')})`;
  return quoted(`${text}:${name.slice(2)}:${action}`);
}
