interface Props {
  readonly probabilities: Readonly<Record<string, number>>;
  readonly chosen: string | null;
}

const SHOWN = 8;

/** Probabilities as bars, the likeliest first. */
export function Bars({ probabilities, chosen }: Props) {
  const sorted = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return (
    <ol class="bars">
      {sorted.slice(0, SHOWN).map(([label, share]) => (
        <li key={label} class={label === chosen ? 'is-chosen' : ''}>
          <span class="bar-label">{label}</span>
          <span class="bar-share">{percent(share)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ inlineSize: `${100 * share}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}

const percent = (share: number) => (share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`);
