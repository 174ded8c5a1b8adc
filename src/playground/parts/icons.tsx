/** Icons of 24 × 24, drawn with lines. */
const PATHS = {
  draw: 'M4 20c4-1 5-6 8-9s6-6 8-5-2 5-5 8-8 4-9 8',
  photos: 'M4 6h16v12H4zM4 15l4-4 4 4 3-3 5 5M15.5 9.5h.01',
  text: 'M5 7V5h14v2M12 5v14M9 19h6',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14',
  sound: 'M12 4v9M8.5 8v5a3.5 3.5 0 0 0 7 0V8a3.5 3.5 0 0 0-7 0M5.5 12.5a6.5 6.5 0 0 0 13 0M12 19v2',
  curve: 'M3 12c3-10 6-10 9 0s6 10 9 0',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  check: 'M5 12.5l5 5L19 7',
  key: 'M8 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M11.5 12H21M17.5 12v3.5M21 12v2.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1M12 20v1M3 12h1M20 12h1M5.6 5.600l.7.7M17.7 17.700l.7.7M5.6 18.400l.7-.7M17.7 6.300l.7-.7',
  moon: 'M19 14.500A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.500z',
  system: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  upload: 'M12 16V5M7.5 9L12 4.5 16.5 9M5 19h14',
  undo: 'M8 6L4 10l4 4M4 10h10a5 5 0 0 1 0 10h-3',
  warning: 'M12 4L3 19h18zM12 10v4M12 16.500h.01',
  spark: 'M12 3l2 6.500L20.5 12 14 14l-2 7-2-7-6.5-2L10 9.500z',
  play: 'M8 5l11 7-11 7z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
