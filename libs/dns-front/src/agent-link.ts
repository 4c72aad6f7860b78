import type { LiveRequest, LiveUpdate } from '@mesh/api-contract';
import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { WebSocket } from 'ws';
import type { AgentAccess, AgentAddress } from './agent-address.ts';
import { getOnce, openLive } from './agent-connection.ts';

/** First and longest wait after every agent was tried in vain, milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 5000;
/** An agent that answers no ping for this long is given up, milliseconds. */
const PING_MS = 5000;
/** A query that failed is asked again after this time, milliseconds. */
const AGAIN_MS = 1000;
/** So many failures without one answer between them: another agent may do better. */
const MAX_FAILURES = 5;

/** Told of each answer of a query, and of each time that nobody knows whether the last one still holds. */
export interface Follower {
  /** Status 200 or 404, or an error that is the answer: an unknown datacenter, a missing permission. */
  onAnswer(status: number, body: unknown): void;
  onDoubt(): void;
}

/** What a view needs of whoever talks to agents. */
export interface QuerySource {
  /** Follows the query until the returned function is called. `path` has its parameters. */
  follow(path: string, follower: Follower): () => void;
  /** Asks once. @throws MeshError unavailable */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
}

export interface AgentLinkOptions {
  readonly agents: readonly AgentAddress[];
  /** Asked for each new connection. */
  readonly access: () => AgentAccess;
  readonly platform: Platform;
  readonly logger: Logger;
}

interface Following {
  readonly path: string;
  readonly follower: Follower;
}

/**
 * One WebSocket to one of several agents, with every followed query on it. When the agent is lost,
 * or has lost its servers, the next one takes over.
 */
export class AgentLink implements Component, QuerySource {
  readonly name = 'agent-link';
  private readonly options: AgentLinkOptions;
  private readonly following = new Map<string, Following>();
  private readonly timers = new Set<Timer>();
  private socket: WebSocket | undefined;
  private isOpen = false;
  private isAlive = true;
  private stopped = true;
  private lastId = 0;
  private at = 0;
  /** Agents tried since the last that worked. */
  private tried = 0;
  private retryMs = RETRY_MIN_MS;
  private failures = 0;

  constructor(options: AgentLinkOptions) {
    this.options = options;
  }

  /** Connected to an agent. */
  get isUp(): boolean {
    return this.isOpen;
  }

  async start(): Promise<void> {
    this.stopped = false;
    this.connect();
    this.pingLater();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.socket?.terminate();
    this.socket = undefined;
    this.isOpen = false;
  }

  /** Connects anew: another certificate or token may be there. */
  reconnect(): void {
    this.socket?.close();
  }

  follow(path: string, follower: Follower): () => void {
    const id = String(++this.lastId);
    this.following.set(id, { path, follower });
    if (this.isOpen) this.send({ id, path });
    return () => {
      if (this.following.delete(id) && this.isOpen) this.send({ id, cancel: true });
    };
  }

  /** Asks the agent that is in use, then each other one. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { agents, access } = this.options;
    let failure: unknown;
    for (let next = 0; next < agents.length; next++) {
      const agent = agents[(this.at + next) % agents.length]!;
      try {
        const answer = await getOnce(agent, access(), path);
        if (answer.status < 500) return answer;
        failure = new MeshError('unavailable', `${agent.text}: ${answer.status} ${answer.text}`);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  private get agent(): AgentAddress {
    return this.options.agents[this.at]!;
  }

  private connect(): void {
    if (this.stopped) return;
    const { logger } = this.options;
    const agent = this.agent;
    let socket: WebSocket;
    try {
      socket = openLive(agent, this.options.access());
    } catch (error) {
      this.next(agent, MeshError.from(error).message);
      return;
    }
    let why = 'the connection ended';
    this.socket = socket;
    socket.on('open', () => {
      this.isOpen = true;
      this.isAlive = true;
      this.tried = 0;
      this.failures = 0;
      this.retryMs = RETRY_MIN_MS;
      logger.info('reading through an agent', { agent: agent.text });
      for (const [id, { path }] of this.following) this.send({ id, path });
    });
    socket.on('message', (data) => this.onMessage(String(data)));
    socket.on('pong', () => {
      this.isAlive = true;
    });
    socket.on('unexpected-response', (_request, { statusCode }) => {
      why = `no /v1/live there (status ${statusCode})`;
      socket.terminate();
    });
    socket.on('error', ({ message }) => {
      why = message;
    });
    socket.on('close', () => {
      if (socket === this.socket) this.next(agent, why);
    });
  }

  /** The agent is lost. The next one is tried at once, after a round of all of them a little later. */
  private next(agent: AgentAddress, why: string): void {
    const { agents, logger, platform } = this.options;
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.socket = undefined;
    if (this.stopped) return;
    logger.warn('no connection to the agent', { agent: agent.text, error: why });
    if (wasOpen) for (const { follower } of this.following.values()) follower.onDoubt();
    this.at = (this.at + 1) % agents.length;
    if (++this.tried < agents.length) {
      this.connect();
      return;
    }
    this.tried = 0;
    this.later(this.retryMs * (0.5 + platform.random.float()), () => this.connect());
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
  }

  private onMessage(text: string): void {
    const update = parseUpdate(text);
    if (!update) {
      this.options.logger.warn('the agent talks nonsense', { agent: this.agent.text });
      this.socket?.terminate();
      return;
    }
    const following = this.following.get(update.id);
    if (!following) return;
    const { status, body } = update;
    if (status === 200 || status === 404) {
      this.failures = 0;
      following.follower.onAnswer(status, body);
      return;
    }
    const isAnswer = status < 500 || /no path to datacenter/i.test(String(body));
    if (isAnswer) following.follower.onAnswer(status, body);
    else following.follower.onDoubt();
    // An error has ended the subscription.
    this.later(AGAIN_MS * (1 + this.options.platform.random.float()), () => {
      if (this.isOpen && this.following.has(update.id)) {
        this.send({ id: update.id, path: following.path });
      }
    });
    if (!isAnswer && ++this.failures >= MAX_FAILURES && this.options.agents.length > 1) {
      this.options.logger.warn('the agent cannot answer', {
        agent: this.agent.text,
        error: String(body),
      });
      this.failures = 0;
      this.socket?.close();
    }
  }

  private pingLater(): void {
    this.later(PING_MS, () => {
      const { socket } = this;
      if (this.isOpen && socket) {
        if (!this.isAlive) socket.terminate();
        this.isAlive = false;
        socket.ping(() => {});
      }
      this.pingLater();
    });
  }

  private later(delayMs: number, callback: () => void): void {
    const timer = this.options.platform.timers.after(delayMs, () => {
      this.timers.delete(timer);
      if (!this.stopped) callback();
    });
    this.timers.add(timer);
  }

  private send(request: LiveRequest): void {
    this.socket?.send(JSON.stringify(request), () => {});
  }
}

/** What an agent says, or undefined for what is no update. */
function parseUpdate(text: string): Pick<LiveUpdate, 'id' | 'status' | 'body'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { id, status, body } = (value ?? {}) as Partial<Record<keyof LiveUpdate, unknown>>;
  return typeof id === 'string' && typeof status === 'number' ? { id, status, body } : undefined;
}
