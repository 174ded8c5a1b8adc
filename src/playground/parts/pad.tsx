import { useEffect, useRef, useState } from 'preact/hooks';
import { drawStrokes, type Point, type Stroke } from '../media/strokes.ts';
import { t } from '../words/words.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly label: string;
  /** Gets the strokes while they are drawn, and none after they are cleared. */
  readonly onDraw: (strokes: readonly Stroke[]) => void;
  /** A new number clears the pad. */
  readonly round?: number;
}

/** The pixels of the canvas; the style sheet scales it. */
const SIDE = 448;

/** A square to draw in with a mouse, a finger or a pen. */
export function Pad({ label, onDraw, round = 0 }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const strokes = useRef<Point[][]>([]);
  const [count, setCount] = useState(0);

  const repaint = () => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, SIDE, SIDE);
    context.strokeStyle = '#16201f';
    drawStrokes(context, strokes.current, SIDE);
  };
  const replace = (next: Point[][]) => {
    strokes.current = next;
    setCount(next.length);
    repaint();
  };
  useEffect(() => replace([]), [round]);

  const add = (event: PointerEvent, isFirst: boolean) => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return;
    const all = isFirst ? [event] : (event.getCoalescedEvents?.() ?? []);
    const stroke = isFirst ? [] : strokes.current.at(-1);
    if (!stroke) return;
    for (const each of all.length > 0 ? all : [event]) {
      const [x, y] = [(each.clientX - box.left) / box.width, (each.clientY - box.top) / box.height];
      stroke.push({ x, y, pressure: each.pointerType === 'pen' ? each.pressure : 0.5 });
    }
    if (isFirst) replace([...strokes.current, stroke]);
    else repaint();
    onDraw(strokes.current);
  };

  return (
    <div class="pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label={label}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          add(event, true);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) add(event, false);
        }}
      />
      {count === 0 && <span class="pad-hint">{t().drawHere}</span>}
      {count > 0 && (
        <span class="pad-tools">
          <button
            type="button"
            class="quiet square"
            title={t().undo}
            onClick={() => {
              replace(strokes.current.slice(0, -1));
              onDraw(strokes.current);
            }}
          >
            <Icon name="undo" size={16} />
            <span class="sr">{t().undo}</span>
          </button>
          <button
            type="button"
            class="quiet square"
            title={t().clear}
            onClick={() => {
              replace([]);
              onDraw([]);
            }}
          >
            <Icon name="close" size={16} />
            <span class="sr">{t().clear}</span>
          </button>
        </span>
      )}
    </div>
  );
}
