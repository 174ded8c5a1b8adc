import type { Call } from '../api/call.ts';
import { idOf, sent } from '../api/sent.ts';
import { Icon } from '../parts/icons.tsx';
import { t } from '../words/words.ts';
import { planned, shown } from './code-dialog.tsx';

interface Props {
  readonly call: Call;
  readonly name?: string;
  /** Whether the call can be shown before it is sent. Else the button is hidden until then. */
  readonly isPlanned?: boolean;
}

/** Shows a call that the page made, or would make. */
export function CodeButton({ call, name = t().code, isPlanned = false }: Props) {
  const id = idOf(call);
  if (!isPlanned && !sent.value.some((each) => idOf(each.call) === id)) return null;
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        planned.value = isPlanned ? call : null;
        shown.value = id;
      }}
    >
      <Icon name="code" size={16} /> {name}
    </button>
  );
}
