import type { AutopilotConfiguration } from '@mesh/api-contract';
import { defineTable, type StateView } from '@mesh/state';

const ONLY = 'config';

/** Autopilot's configuration: one row, or none until a leader has written the first. */
export const autopilotConfigurations = defineTable<AutopilotConfiguration>({
  name: 'autopilot-config',
  id: () => ONLY,
  indexes: {},
});

/** The configuration; undefined until a leader has written the first. */
export function autopilotConfiguration(view: StateView): AutopilotConfiguration | undefined {
  return view.get(autopilotConfigurations, ONLY);
}
