import type { ServerMember } from './server-member.ts';

/** Chooses among the servers of one datacenter. */
export interface ServerPicker {
  /** host:port of a server's RPC; undefined while none is known. */
  pick(): string | undefined;
  /** A call did not reach the server, or it went away: prefer others. */
  failed(address: string): void;
}

/** Finds servers by datacenter, from what the pools know. */
export interface ServerRouter {
  /** Servers of this agent's datacenter. */
  readonly local: ServerPicker;
  /** Servers of another one (of this one too, by its name); undefined where no such server is known. */
  remote(datacenter: string): ServerPicker | undefined;
  /** Known datacenters, this agent's among them, nearest first (median round trip), equals by name. */
  datacenters(): readonly string[];
  /** All servers of the local pool that are alive. */
  localServers(): readonly ServerMember[];
  /** Tells that servers came or went. Returns an unsubscriber. */
  onChange(listener: () => void): () => void;
}
