import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metrics } from '../../../src/ports/metric-catalogue.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

const dashboard: Dashboard = JSON.parse(read('docker/grafana/dashboards/innerloop.json'));
const rules = (parse(read('docker/prometheus/alerts.yml')) as Rules).groups.flatMap((group) => group.rules);

/** The names of a metric in queries. A histogram has several. */
const queryable = new Set(
  Object.entries(metrics).flatMap(([name, { kind }]) =>
    kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  ),
);
const labels = new Set<string>(Object.values(metrics).flatMap((metric) => metric.labels));
const named = (expr: string) => expr.match(/\b(innerloop|process|nodejs)_\w+/g) ?? [];
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

describe('rules and dashboard', () => {
  it.each(expressions)('%s uses only existing metrics and labels', (_name, expr) => {
    expect(named(expr).filter((name) => !queryable.has(name))).toEqual([]);
    const asked = [
      ...[...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
        [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
      ),
      ...[...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(/\s*,\s*/)),
    ];
    const scraped = ['le', 'job', 'instance', ''];
    expect(asked.filter((label) => !labels.has(label) && !scraped.includes(label))).toEqual([]);
  });

  it('use all metrics except those that identify a process', () => {
    const used = new Set(expressions.flatMap(([, expr]) => named(expr)));
    const unused = Object.entries(metrics)
      .filter(([name]) => ![...used].some((each) => each === name || each.startsWith(`${name}_`)))
      .map(([name]) => name);
    expect(unused).toEqual([]);
  });

  it('a process that does not answer and no process at all raise the same alert', () => {
    const { scrape_configs } = parse(read('docker/prometheus/prometheus.yml'));
    const up = `up{job="${scrape_configs[0].job_name}"}`;
    const down = rules.find(({ alert }) => alert === 'InnerloopDown');
    expect(down?.expr).toBe(`${up} == 0 or absent(${up})`);
  });

  it('the documentation lists all alerts', () => {
    const documented = read('docs/operating.md').match(/`Innerloop\w+`/g) ?? [];
    expect(documented.map((name) => name.slice(1, -1)).sort()).toEqual(
      rules.map(({ alert }) => alert).sort(),
    );
  });

  it('panels have different ids and do not overlap', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
