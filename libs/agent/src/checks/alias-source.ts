import type { HealthCheck } from '@mesh/api-contract';
import type { Platform } from '@mesh/base';
import { healthNodeChecks } from '@mesh/health';
import type { AliasSource, CheckResult } from '@mesh/health-checks';
import { PLAIN_READ, type Rpc } from '@mesh/resource';
import type { LocalState } from '../local-state/local-state.ts';
import { pause } from '../pause.ts';

/** Longest wait of one read of another node's checks, milliseconds. */
const REMOTE_WAIT_MS = 60_000;
/** First and longest pause after a read that failed, milliseconds. */
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;

interface Target {
  readonly service: string;
  readonly node: string;
}

/**
 * Health of a service or node by its checks: that of the worst. Checks of the node count for all its
 * services.
 */
export function aliasedHealth(service: string, checks: readonly HealthCheck[]): CheckResult {
  let worst: HealthCheck | undefined;
  for (const check of checks) {
    if (check.ServiceID !== '' && check.ServiceID !== service) continue;
    // An alias must not see itself, nor two of them keep each other critical for ever.
    if (check.Type === 'alias') continue;
    if (check.Status === 'critical') {
      worst = check;
      break;
    }
    if (check.Status === 'warning') worst ??= check;
  }
  if (!worst) return { status: 'passing', output: 'All checks passing.' };
  return {
    status: worst.Status === 'warning' ? 'warning' : 'critical',
    output: `Aliased check "${worst.Name}" failing: ${worst.Output}`,
  };
}

/** Where alias checks look: this agent's own state, or the catalog for other nodes. */
export class AgentAliasSource implements AliasSource {
  private readonly state: LocalState;
  private readonly rpc: Rpc;
  private readonly platform: Platform;
  private readonly token: () => string;

  constructor(parts: {
    readonly state: LocalState;
    readonly rpc: Rpc;
    readonly platform: Platform;
    readonly token: () => string;
  }) {
    this.state = parts.state;
    this.rpc = parts.rpc;
    this.platform = parts.platform;
    this.token = parts.token;
  }

  watch(target: Target, onChange: (result: CheckResult) => void): () => void {
    const own = this.state.options.nodeName.toLowerCase();
    if (target.node === '' || target.node.toLowerCase() === own) {
      return this.watchLocal(target, onChange);
    }
    const controller = new AbortController();
    void this.watchRemote(target, onChange, controller.signal);
    return () => controller.abort();
  }

  private watchLocal({ service }: Target, onChange: (result: CheckResult) => void): () => void {
    let last: CheckResult | undefined;
    let scheduled = false;
    let stopped = false;
    const look = () => {
      scheduled = false;
      if (stopped) return;
      const result = this.localHealth(service);
      if (last?.status === result.status && last.output === result.output) return;
      last = result;
      onChange(result);
    };
    // Looking again in the same tick would let two aliases of each other chase one another.
    const schedule = () => {
      if (scheduled || stopped) return;
      scheduled = true;
      setImmediate(look);
    };
    const unsubscribe = this.state.subscribe(({ serviceId, checkId }) => {
      const relevant = serviceId === service || (serviceId === '' && checkId !== '');
      if (relevant && this.state.check(checkId)?.check.Type !== 'alias') schedule();
    });
    schedule();
    return () => {
      stopped = true;
      unsubscribe();
    };
  }

  private localHealth(service: string): CheckResult {
    if (service !== '' && !this.state.service(service)) {
      return { status: 'critical', output: `Service ${service} could not be found on this node` };
    }
    const checks = this.state.listChecks().map(({ check }) => check);
    return aliasedHealth(service, checks);
  }

  private async watchRemote(
    { service, node }: Target,
    onChange: (result: CheckResult) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let minIndex = 0;
    let retryMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      try {
        const token = this.token();
        const options = { ...PLAIN_READ, token, minIndex, maxWaitMs: REMOTE_WAIT_MS, signal };
        const reply = await this.rpc.read(healthNodeChecks, { node, filter: '' }, options);
        if (signal.aborted) return;
        minIndex = reply.index < minIndex ? 0 : reply.index;
        retryMs = RETRY_MIN_MS;
        onChange(aliasedHealth(service, reply.value));
      } catch (thrown) {
        if (signal.aborted) return;
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        onChange({ status: 'critical', output: `Failure checking health of ${node}: ${why}` });
        await pause(this.platform, retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }
}
