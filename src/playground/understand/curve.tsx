import { useEffect, useRef, useState } from 'preact/hooks';
import { CodeButton } from '../code/code-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Losses } from '../parts/losses.tsx';
import {
  CURVE_MODELS,
  curveModel,
  curveProblem,
  curveTask,
  dots,
  losses,
  MOST_STEPS,
  sampleDots,
  setCurveModel,
  setDots,
  steps,
} from '../state/curve.ts';
import { t } from '../words/words.ts';
import { CurvePlot } from './curve-plot.tsx';

const TITLES = {
  'sinusoid-maml': 'MAML',
  'sinusoid-reptile': 'Reptile',
  'sinusoid-meta-sgd': 'Meta-SGD',
} as const;

/** How long each step is shown. */
const STEP_MS = 350;

/** Learning as one can watch it: a network that bends a curve to a few points, step by step. */
export function Curve() {
  return (
    <div class="halves curve">
      <section aria-labelledby="curve-title">
        <header class="part-title">
          <h2 id="curve-title">{t().curveTitle}</h2>
          <span class="row">
            <CodeButton call={{ method: 'POST', path: `tasks/${curveTask()}/adapt` }} />
            {dots.value.length > 0 && (
              <button type="button" class="quiet" onClick={() => setDots([])}>
                {t().startOver}
              </button>
            )}
          </span>
        </header>
        <div class="card stack">
          <CurvePlot />
          <Steps />
        </div>
      </section>
      <section class="stack">
        <p class="lead">{t().curveWhat}</p>
        <span class="row">
          <button type="button" class="primary" onClick={sampleDots}>
            <Icon name="spark" size={18} /> {t().tryExample}
          </button>
        </span>
        <div class="stack card">
          <h3>{t().curvePackage}</h3>
          <fieldset class="segments is-stacked" aria-label={t().curvePackage}>
            {CURVE_MODELS.map((name) => (
              <button
                type="button"
                key={name}
                aria-pressed={curveModel.value === name}
                onClick={() => setCurveModel(name)}
              >
                {TITLES[name]}
              </button>
            ))}
          </fieldset>
          <p class="hint">{t().curvePackages}</p>
        </div>
        {losses.value.length > 1 && (
          <div class="card">
            <Losses losses={losses.value} />
          </div>
        )}
        <Points />
        {curveProblem.value !== '' && (
          <p class="problem" role="alert">
            {curveProblem.value}
          </p>
        )}
      </section>
    </div>
  );
}

function Steps() {
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  useEffect(() => () => clearInterval(timer.current), []);
  const play = () => {
    clearInterval(timer.current);
    steps.value = 0;
    timer.current = setInterval(() => {
      if (steps.value >= MOST_STEPS) clearInterval(timer.current);
      else steps.value++;
    }, STEP_MS);
  };
  return (
    <div class="steps">
      <button type="button" onClick={play} disabled={dots.value.length === 0}>
        <Icon name="play" size={16} /> {t().play}
      </button>
      <label>
        <span>{t().steps(steps.value)}</span>
        <input
          type="range"
          min={0}
          max={MOST_STEPS}
          value={steps.value}
          onInput={({ currentTarget }) => {
            clearInterval(timer.current);
            steps.value = Number(currentTarget.value);
          }}
        />
      </label>
    </div>
  );
}

/** The points as a list: to remove one, and to add one by keyboard. */
function Points() {
  const [x, setX] = useState('');
  const [y, setY] = useState('');
  const isPoint = [x, y].every((each) => each.trim() !== '' && Number.isFinite(Number(each)));
  return (
    <div class="card stack">
      <h3>{t().points(dots.value.length)}</h3>
      {dots.value.length > 0 && (
        <ul class="chips">
          {dots.value.map((dot) => (
            <li key={`${dot.x} ${dot.y}`}>
              <button
                type="button"
                class="chip"
                aria-label={t().removePoint(dot.x, dot.y)}
                onClick={() => setDots(dots.value.filter((each) => each !== dot))}
              >
                {dot.x}, {dot.y} <Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        class="point-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPoint) return;
          setDots([...dots.value, { x: Number(x), y: Number(y) }]);
          setX('');
          setY('');
        }}
      >
        <input
          inputMode="decimal"
          aria-label="x"
          placeholder="x"
          value={x}
          onInput={(e) => setX(e.currentTarget.value)}
        />
        <input
          inputMode="decimal"
          aria-label="y"
          placeholder="y"
          value={y}
          onInput={(e) => setY(e.currentTarget.value)}
        />
        <button type="submit" disabled={!isPoint}>
          {t().add}
        </button>
      </form>
    </div>
  );
}
