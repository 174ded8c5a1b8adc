/** The values of a metric in Prometheus' text format, by the text of its labels. */
export function valuesOf(exposition: string, name: string): Readonly<Record<string, number>> {
  const lines = exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(name.length, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The names of all metrics with a value. A histogram has one name, without the suffixes of its parts. */
export function namesIn(exposition: string): ReadonlySet<string> {
  const typed = [...exposition.matchAll(/^# TYPE (\S+) \S+$/gm)].map(([, name = '']) => name);
  return new Set(typed.filter((name) => new RegExp(`^${name}(_count)?[{ ]`, 'm').test(exposition)));
}
