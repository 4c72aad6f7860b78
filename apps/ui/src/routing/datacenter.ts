import { settings } from '../settings/settings.ts';
import { agentDatacenter, place } from './navigation.ts';

/** Paths that name no datacenter. */
const WITHOUT = new Set(['', 'settings']);

/** The datacenter of the page: the first segment of its path, else the one last shown, else the agent's. */
export function currentDatacenter(): string {
  const first = place.value.path.split('/')[0] ?? '';
  if (WITHOUT.has(first)) return settings.value.datacenter || agentDatacenter;
  try {
    return decodeURIComponent(first);
  } catch {
    return agentDatacenter;
  }
}
