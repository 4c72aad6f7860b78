import type { MetricLabels } from '@mesh/base';
import { sortedLabels } from './series.ts';

export type MetricKind = 'c' | 'g' | 'ms';

/** What would end a name or a line early. */
const UNSAFE = /[\s:|@#,]/g;

/** `name.label:value|c`: statsd and statsite know no labels, so their values end the name. */
export function statsdLine(
  kind: MetricKind,
  name: string,
  value: number,
  labels: MetricLabels | undefined,
): string {
  let full = name.replace(UNSAFE, '_');
  for (const text of Object.values(sortedLabels(labels))) full += `.${text.replace(UNSAFE, '_')}`;
  return `${full}:${value}|${kind}\n`;
}

/** `name:value|c|#label:text,tag`: the DogStatsD dialect. */
export function dogstatsdLine(
  kind: MetricKind,
  name: string,
  value: number,
  labels: MetricLabels | undefined,
  tags: readonly string[],
): string {
  const all = [...tags];
  for (const [label, text] of Object.entries(sortedLabels(labels))) {
    all.push(`${label.replace(UNSAFE, '_')}:${text.replace(UNSAFE, '_')}`);
  }
  const suffix = all.length === 0 ? '' : `|#${all.join(',')}`;
  return `${name.replace(UNSAFE, '_')}:${value}|${kind}${suffix}\n`;
}
