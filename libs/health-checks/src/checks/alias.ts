import type { CheckDefinition } from '@mesh/api-contract';
import type { CheckDeps, RunningCheck } from '../types.ts';

/** A check that has the worst state of the checks of another service or node. */
export function aliasCheck(definition: CheckDefinition, deps: CheckDeps): RunningCheck {
  let unsubscribe: (() => void) | undefined;
  const target = { service: definition.aliasService, node: definition.aliasNode };
  return {
    type: 'alias',
    start: () => {
      unsubscribe ??= deps.aliasSource?.watch(target, deps.report);
    },
    stop: () => {
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}
