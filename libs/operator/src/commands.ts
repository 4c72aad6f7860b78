import type { AutopilotSettings } from '@mesh/api-contract';
import { type Command, defineCommand } from '@mesh/resource';
import { autopilotConfiguration, autopilotConfigurations } from './table.ts';

/** A new configuration of autopilot. */
export interface SetAutopilot {
  readonly settings: AutopilotSettings;
  /** Only if this is the ModifyIndex of the present one, 0 for none; null in any case. */
  readonly cas: number | null;
}

/** Log entry of a new configuration; answers whether it was taken. */
export const setAutopilot: Command<SetAutopilot, boolean> = defineCommand(
  'autopilot.set-config',
  (txn, { settings, cas }, { index }) => {
    const known = autopilotConfiguration(txn);
    if (cas !== null && cas !== (known?.ModifyIndex ?? 0)) return false;
    const CreateIndex = known?.CreateIndex ?? index;
    txn.put(autopilotConfigurations, { ...settings, CreateIndex, ModifyIndex: index });
    return true;
  },
);
