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

const slots = new ProcessSlots();

/** Builds the check that a definition describes. Throws `invalid-argument` when it describes none. */
export function createCheck(
  checkId: string,
  definition: CheckDefinition,
  deps: CheckDeps,
): RunningCheck {
  if (definition.ttlMs > 0) return new TtlCheck(checkId, definition.ttlMs, deps);
  if (definition.aliasService !== '' || definition.aliasNode !== '') {
    return aliasCheck(definition, deps);
  }
  const probe = probeOf(definition, deps);
  return new IntervalCheck({
    checkId,
    probe,
    intervalMs: intervalOf(checkId, definition, deps.logger),
    thresholds: new Thresholds(definition.successBeforePassing, definition.failuresBeforeCritical),
    deps,
  });
}

function probeOf(definition: CheckDefinition, deps: CheckDeps): Probe {
  const outputMaxBytes = definition.outputMaxBytes || deps.outputMaxBytes;
  const settings = { ...deps, outputMaxBytes };
  if (definition.dockerContainerId !== '') return slots.bounded(dockerProbe(definition, settings));
  if (definition.args.length > 0) return slots.bounded(scriptProbe(definition, settings));
  if (definition.http !== '') return httpProbe(definition, settings);
  if (definition.tcp !== '') return tcpProbe(definition);
  if (definition.grpc !== '') return grpcProbe(definition, settings);
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
