import type { CheckDefinition } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { CheckSettings } from '@mesh/config';
import type { EntrySource } from '../local-state/entries.ts';

/**
 * Checks that run programs must be allowed: those of files by either switch, those of the API by the
 * wider one alone, as whoever reaches the API could run anything on this machine.
 * @throws MeshError `permission-denied` naming the keys
 */
export function requireScriptPermission(
  definition: CheckDefinition,
  source: EntrySource,
  settings: CheckSettings,
): void {
  if (definition.args.length === 0) return;
  const { enableLocalScripts, enableRemoteScripts } = settings;
  if (source === 'file') {
    if (enableLocalScripts || enableRemoteScripts) return;
    throw new MeshError(
      'permission-denied',
      "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or " +
        "'enable_local_script_checks' to true",
    );
  }
  if (enableRemoteScripts) return;
  throw new MeshError(
    'permission-denied',
    'Scripts are disabled on this agent from remote calls; to enable, configure ' +
      "'enable_script_checks' to true",
  );
}
