import type { MetricLabels } from '@mesh/base';

export const NO_LABELS: MetricLabels = Object.freeze({});

/** Identity of a series: its name and labels, whatever the order of the labels. */
export function seriesKey(name: string, labels: MetricLabels | undefined): string {
  if (labels === undefined) return name;
  let key = name;
  for (const label of Object.keys(labels).sort()) key += `\0${label}\0${labels[label]}`;
  return key;
}

/** Labels in the order of their names, as Go writes a map. */
export function sortedLabels(labels: MetricLabels | undefined): MetricLabels {
  if (labels === undefined) return NO_LABELS;
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By name, then by labels: the order of every listing. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
