/** The datacenter of docker-compose.yml as tests see it: something to start, to ask, and to hurt. */
import type { Finished, HttpTarget } from '@mesh/testkit';

export const SERVERS = ['server-1', 'server-2', 'server-3'] as const;
export const AGENTS = ['agent-1', 'agent-2'] as const;

export type ServerName = (typeof SERVERS)[number];
export type AgentName = (typeof AGENTS)[number];
export type NodeName = ServerName | AgentName;

export interface Stack {
  /** What it runs on, for reports. */
  readonly kind: string;
  /** HTTP API of agent-1 as somebody on this machine reaches it. */
  readonly api: HttpTarget;

  /** Starts everything and waits until all of it is healthy. State of an earlier run is taken up. */
  up(): Promise<void>;
  /** Takes everything away but the state. */
  down(): Promise<void>;
  /** Takes the state away too. */
  purge(): Promise<void>;

  /** Ends one process at once, as a crash would. It stays down. */
  kill(node: NodeName): Promise<void>;
  start(node: NodeName): Promise<void>;
  /** Freezes a process: its connections stay open and say nothing. */
  pause(node: NodeName): Promise<void>;
  resume(node: NodeName): Promise<void>;
  /** Nothing passes between a server and anybody else, in silence; until `heal`. */
  cut(server: ServerName): Promise<void>;
  heal(): Promise<void>;
  /** Stops every process in good order and starts it again. */
  restartAll(): Promise<void>;
  /** Stops a server in good order and puts a new one in its place, on the same state. */
  replace(server: ServerName): Promise<void>;
  /** Stops a server and starts a new one in its place that knows nothing. */
  replaceEmpty(server: ServerName): Promise<void>;

  /** Body of GET `path` at the plain HTTP port of a node, asked from the node itself. */
  get(node: NodeName, path: string): Promise<string>;
  /** `dig` against the DNS front. */
  dig(...args: readonly string[]): Promise<string>;
  /** Status and body of a page of the demo service `web`. */
  demo(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** `nx run cli:consul -- ARGS` on this machine. */
  consul(...args: readonly string[]): Promise<Finished>;
  /** The end of what everything printed. */
  logs(): Promise<string>;
}
