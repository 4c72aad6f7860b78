import type { HealthStatus } from '@mesh/api-contract';
import { record, text, whole } from '@mesh/base';
import type { CheckState } from '../local-state/entries.ts';
import type { DefinitionFiles } from './definition-files.ts';

const STATUSES: readonly string[] = ['passing', 'warning', 'critical'];
const shape = record({ CheckID: text, Output: text, Status: text, Expires: whole });

/** Keeps the state of a TTL check. Its use ends when the TTL does, as without a restart. */
export function saveTtlState(
  files: DefinitionFiles,
  checkId: string,
  { status, output }: CheckState,
  expiresAtMs: number,
): Promise<void> {
  const Expires = Math.floor(expiresAtMs / 1000);
  const state = { CheckID: checkId, Output: output, Status: status, Expires };
  return files.save('checks/state', checkId, state);
}

/** The kept state of a TTL check; undefined when there is none or it is too old. */
export function readTtlState(
  files: DefinitionFiles,
  checkId: string,
  nowMs: number,
): CheckState | undefined {
  const raw = files.loadOne('checks/state', checkId);
  if (raw === undefined) return undefined;
  try {
    const state = shape.decode(raw, '');
    const usable = state.CheckID === checkId && STATUSES.includes(state.Status);
    if (!usable || state.Expires * 1000 < nowMs) return undefined;
    return { status: state.Status as HealthStatus, output: state.Output };
  } catch {
    return undefined;
  }
}
