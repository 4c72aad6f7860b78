import type { CheckDefinition } from '@mesh/api-contract';
import { type Logger, MeshError } from '@mesh/base';
import { aliasCheck } from './checks/alias.ts';
import { dockerProbe } from './checks/docker.ts';
import { grpcProbe } from './checks/grpc.ts';
import { httpProbe } from './checks/http.ts';
import { scriptProbe } from './checks/script.ts';
import { tcpProbe } from './checks/tcp.ts';
import { TtlCheck } from './checks/ttl.ts';
import { IntervalCheck } from './interval-check.ts';
import type { Probe } from './probe.ts';
import { ProcessSlots } from './process-slots.ts';
import { Thresholds } from './thresholds.ts';
import type { CheckDeps, RunningCheck } from './types.ts';

/** Shortest interval, milliseconds, as in the original: less would load a machine with its own checks. */
const MIN_INTERVAL_MS = 1000;

/** Shared by all checks of the process: it is the machine that is to be spared. */
const slots = new ProcessSlots();

/** Builds the check that a definition describes. Throws `invalid-argument` when it describes none. */
export function createCheck(
  checkId: string,
  definition: CheckDefinition,
  deps: CheckDeps,
): RunningCheck {
  const settings = { ...deps, outputMaxBytes: definition.outputMaxBytes || deps.outputMaxBytes };
  if (definition.ttlMs > 0) return new TtlCheck(checkId, definition.ttlMs, settings);
  if (definition.aliasService !== '' || definition.aliasNode !== '') {
    return aliasCheck(definition, settings);
  }
  const probe = probeOf(definition, settings);
  return new IntervalCheck({
    checkId,
    probe,
    intervalMs: intervalOf(checkId, definition, deps.logger),
    thresholds: new Thresholds(definition.successBeforePassing, definition.failuresBeforeCritical),
    deps: settings,
  });
}

function probeOf(definition: CheckDefinition, deps: CheckDeps): Probe {
  if (definition.dockerContainerId !== '') return slots.bounded(dockerProbe(definition, deps));
  if (definition.args.length > 0) return slots.bounded(scriptProbe(definition, deps));
  if (definition.http !== '') return httpProbe(definition, deps);
  if (definition.tcp !== '') return tcpProbe(definition, deps);
  if (definition.grpc !== '') return grpcProbe(definition, deps);
  throw new MeshError(
    'invalid-argument',
    'a check has one of args, http, tcp, grpc, ttl, docker_container_id, alias_service, alias_node',
  );
}

function intervalOf(checkId: string, { intervalMs }: CheckDefinition, logger: Logger): number {
  if (intervalMs >= MIN_INTERVAL_MS) return intervalMs;
  logger.warn('check has interval below minimum', {
    check: checkId,
    minimum_interval: `${MIN_INTERVAL_MS / 1000}s`,
  });
  return MIN_INTERVAL_MS;
}
