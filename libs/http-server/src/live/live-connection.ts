import { LIVE_LIMITS, type LiveSubscribe } from '@mesh/api-contract';
import { invalid, type Logger, MeshError, type Platform } from '@mesh/base';
import type { WebSocket } from 'ws';
import type { AccessRules } from '../access.ts';
import type { ExchangeSettings, RequestSource } from '../exchange.ts';
import { isPrintable, parseTarget } from '../request-target.ts';
import type { ResponseCache } from '../response-cache.ts';
import type { Router } from '../router.ts';
import { statusOf } from '../status.ts';
import { decodeLiveRequest, failureText } from './live-message.ts';
import { LiveSubscription } from './live-subscription.ts';
import { SendGate } from './send-gate.ts';

/** What all connections share. */
export interface LiveParts {
  readonly router: Router;
  readonly access: AccessRules;
  readonly cache: ResponseCache;
  readonly settings: ExchangeSettings;
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  readonly logger: Logger;
}

/** Count of subscriptions of all connections together, with its limit. */
export interface SubscriptionBudget {
  left: number;
}

/** One WebSocket with its subscriptions. */
export class LiveConnection {
  private isAlive = true;
  private readonly subscriptions = new Map<string, LiveSubscription>();
  private readonly gate = new SendGate();
  private readonly socket: WebSocket;
  private readonly source: Omit<RequestSource, 'onAbandoned'>;
  private readonly parts: LiveParts;
  private readonly budget: SubscriptionBudget;

  constructor(
    socket: WebSocket,
    source: Omit<RequestSource, 'onAbandoned'>,
    parts: LiveParts,
    budget: SubscriptionBudget,
  ) {
    this.socket = socket;
    this.source = source;
    this.parts = parts;
    this.budget = budget;
    socket.on('message', (data, isBinary) => this.onMessage(isBinary ? '' : String(data)));
    socket.on('pong', () => {
      this.isAlive = true;
    });
    // Protocol violations and resets: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => this.dispose());
  }

  /** Asks whether the client is still there; ends the connection when it has not answered the last time. */
  checkAlive(): void {
    if (!this.isAlive) {
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    this.socket.ping(() => {});
  }

  /** Says goodbye (1001, going away: the client should connect anew). */
  close(): void {
    this.dispose();
    this.socket.close(1001, 'the agent is stopping');
  }

  /** Ends the connection without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  private onMessage(text: string): void {
    let id = '';
    try {
      const message = decodeLiveRequest(text);
      id = message.id;
      if ('cancel' in message) this.end(id);
      else this.subscribe(message);
    } catch (thrown) {
      const error = MeshError.from(thrown);
      void this.send(failureText(id, statusOf(error.code), error.message));
    }
  }

  private subscribe({ id, path, index = 0 }: LiveSubscribe): void {
    const { router, access } = this.parts;
    if (this.subscriptions.has(id)) throw invalid(`id: "${id}" is in use on this connection`);
    if (this.subscriptions.size >= LIVE_LIMITS.maxSubscriptions || this.budget.left <= 0) {
      throw new MeshError('rate-limited', 'too many subscriptions');
    }
    const target = parseTarget(path);
    if (target.path === undefined || !isPrintable(target.path)) throw invalid('path: bad escape');
    if (access.isBlocked(target.path)) {
      throw new MeshError('permission-denied', 'Endpoint is blocked by agent configuration');
    }
    const match = router.match(target.rawPath);
    const compiled = match?.kind === 'found' ? match.entry.methods.get('GET') : undefined;
    if (match?.kind !== 'found' || !compiled) {
      throw new MeshError('not-found', `path: no route ${target.rawPath.slice(0, 200)}`);
    }
    if (compiled.route.consistency !== 'read' || !compiled.route.blocking) {
      throw invalid(`path: ${compiled.route.path} cannot be watched`);
    }
    const subscription = new LiveSubscription(
      {
        ...this.parts,
        id,
        path,
        compiled,
        params: match.params,
        rawQuery: target.rawQuery,
        source: this.source,
        gate: this.gate,
        send: (text) => this.send(text),
      },
      index,
    );
    this.subscriptions.set(id, subscription);
    this.budget.left--;
    void subscription.run().then(() => {
      if (this.subscriptions.get(id) === subscription) this.end(id);
    });
  }

  private end(id: string): void {
    const subscription = this.subscriptions.get(id);
    if (!subscription) return;
    this.subscriptions.delete(id);
    this.budget.left++;
    subscription.cancel();
  }

  private dispose(): void {
    for (const id of [...this.subscriptions.keys()]) this.end(id);
    this.gate.release();
  }

  private send(text: string): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve();
    this.gate.add(text.length);
    return new Promise((resolve) => {
      this.socket.send(text, () => {
        this.gate.remove(text.length);
        resolve();
      });
    });
  }
}
