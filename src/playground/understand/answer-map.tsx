import { useEffect, useState } from 'preact/hooks';
import { apiFor } from '../api/api.ts';
import { CodeButton } from '../code/code-button.tsx';
import { trialOf } from '../state/asking.ts';
import type { Input } from '../state/labels.ts';
import { reads, type Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { type Place, project } from './project.ts';

interface Spot extends Place {
  readonly label: string;
  readonly input: Input;
}

/** Maximum number of examples on the map: more would cover each other. */
const MOST = 120;
const [WIDTH, HEIGHT, MARGIN] = [640, 300, 52];

const mapCall = (task: string) =>
  ({ method: 'POST', path: `tasks/${task}/predict`, purpose: 'map' }) as const;

/** A map of the answers: examples that get similar probabilities are near each other. */
export function AnswerMap({ session }: { session: Session }) {
  const { task, labels, adaptation, answer, isPartial } = session;
  const [taught, setTaught] = useState<{ label: string; input: Input; row: readonly number[] }[]>([]);
  const current = adaptation.value?.id;
  useEffect(() => {
    const examples = labels.value
      .flatMap(({ name, examples: each }) => each.map((input) => ({ label: name, input })))
      .slice(0, MOST);
    if (examples.length < 2) return setTaught([]);
    const inputs = examples.map(({ input }) => input.value);
    void reads(session, apiFor.map.predict(task, inputs, trialOf(session))).then(
      ({ predictions }) =>
        setTaught(
          examples.map((each, i) => ({ ...each, row: Object.values(predictions[i]?.probabilities ?? {}) })),
        ),
      () => setTaught([]),
    );
  }, [task, current, isPartial.value]);

  const width = taught[0]?.row.length ?? 0;
  if (width < 2) return <p class="hint">{t().mapNeeds}</p>;
  const asked = answer.value.phase === 'answered' ? answer.value : null;
  const askedRow = Object.values(asked?.prediction.probabilities ?? {});
  const hasQuestion = askedRow.length === width;
  const places = project([...taught.map(({ row }) => row), ...(hasQuestion ? [askedRow] : [])]);
  const spots: Spot[] = taught.map((each, i) => ({ ...each, ...(places[i] as Place) }));
  const question = hasQuestion ? places.at(-1) : undefined;
  const names = [...new Set(spots.map(({ label }) => label))];
  return (
    <>
      <span class="row spread">
        <p class="hint">{t().mapWhat}</p>
        <CodeButton call={mapCall(task)} />
      </span>
      <svg
        class="map"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t().mapLabel(spots.length, names.join(', '))}
      >
        {spots.map((spot, i) => (
          <Mark key={i} spot={spot} at={onMap(spot)} />
        ))}
        {names.map((name) => (
          <Prototype key={name} name={name} spots={spots.filter(({ label }) => label === name)} />
        ))}
        {question && <Question at={onMap(question)} />}
      </svg>
    </>
  );
}

const onMap = ({ x, y }: Place): Place => ({
  x: WIDTH / 2 + x * (WIDTH / 2 - MARGIN),
  y: HEIGHT / 2 - y * (HEIGHT / 2 - MARGIN),
});

/** Names near an edge begin or end at their examples. */
const sideOf = (x: number) => (x < WIDTH / 5 ? 'is-first' : x > (4 * WIDTH) / 5 ? 'is-last' : '');

const PICTURE_SIDE = 34;

function Mark({ spot: { label, input }, at: { x, y } }: { spot: Spot; at: Place }) {
  const { look } = input;
  if (look.kind === 'picture') {
    const side = PICTURE_SIDE;
    return <image href={look.url} x={x - side / 2} y={y - side / 2} width={side} height={side} />;
  }
  return (
    <circle class="spot" cx={x} cy={y} r={7}>
      <title>{look.kind === 'text' ? `${label}: ${look.text}` : label}</title>
    </circle>
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** A diamond around pictures, and around dots. */
const REACH = { picture: 29, dot: 14 } as const;

/** The middle of the examples of a label. The map is linear in what it projects, so that is where their mean belongs. */
function Prototype({ name, spots }: { name: string; spots: readonly Spot[] }) {
  const [x, y] = [mean(spots.map((each) => each.x)), mean(spots.map((each) => each.y))];
  const at = onMap({ x, y });
  const top = onMap({ x, y: Math.max(...spots.map((each) => each.y)) });
  const r = spots[0]?.input.look.kind === 'picture' ? REACH.picture : REACH.dot;
  return (
    <>
      <path class="prototype" d={`M${at.x} ${at.y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`} />
      <text class={`map-name ${sideOf(top.x)}`} x={top.x} y={top.y - REACH.picture - 5}>
        {name}
      </text>
    </>
  );
}

const Question = ({ at: { x, y } }: { at: Place }) => (
  <g class="asked-spot">
    <circle cx={x} cy={y} r={24} />
    <circle cx={x} cy={y} r={4} />
  </g>
);
