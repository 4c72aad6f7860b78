import type { CheckDefinition } from '@mesh/api-contract';
import type { CheckDeps, RunningCheck } from '../types.ts';

/** A check that has the worst state of the checks of another service or node. */
export function aliasCheck(definition: CheckDefinition, deps: CheckDeps): RunningCheck {
  let unsubscribe: (() => void) | undefined;
  let running = false;
  const target = { service: definition.aliasService, node: definition.aliasNode };
  return {
    type: 'alias',
    start: () => {
      if (running) return;
      running = true;
      const leave = deps.aliasSource?.watch(target, (result) => {
        // The source may have a change on its way while the check is stopped.
        if (running) deps.report(result);
      });
      // The first state may have been reason to stop.
      if (running) unsubscribe = leave;
      else leave?.();
    },
    stop: () => {
      running = false;
      unsubscribe?.();
      unsubscribe = undefined;
    },
  };
}
