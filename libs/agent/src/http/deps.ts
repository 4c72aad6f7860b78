import type { Coordinate } from '@mesh/api-contract';
import type { Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { LogHub } from '@mesh/logging';
import type { Membership } from '@mesh/membership';
import type { AgentMetrics } from '@mesh/metrics';
import type { AgentTokens } from '../acl/agent-tokens.ts';
import type { Registrar } from '../definitions/registrar.ts';
import type { LocalState } from '../local-state/local-state.ts';

/** What the process does when a request asks for it. */
export interface AgentActions {
  /** Leaves the pools; the process ends by itself afterwards. */
  leave(): Promise<void>;
  /** Reads the configuration anew. Rejects and changes nothing when it is bad. */
  reload(): Promise<void>;
}

/** What the handlers of the agent API need. */
export interface AgentHttpDeps {
  readonly state: LocalState;
  readonly registrar: Registrar;
  readonly membership: Membership;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly logHub: LogHub;
  readonly metrics: Pick<AgentMetrics, 'snapshot' | 'prometheus'>;
  readonly version: string;
  readonly actions: AgentActions;
  /** Tokens that the agent itself uses. */
  readonly tokens: AgentTokens;
  /** acl.enabled. */
  readonly hasAcls: boolean;
  /** The configuration in force; a reload changes it. */
  config(): RuntimeConfig;
  /** This agent's coordinate in the LAN pool; undefined while there is none. */
  coordinate(): Coordinate | undefined;
  /** Statistics of all groups, for self and `consul info`. */
  stats(): Readonly<Record<string, Readonly<Record<string, string>>>>;
}
