import { asIs, ClientCore } from './client-core.ts';
import { HttpCaller } from './http-caller.ts';
import type { Answer, ClientOptions, ReadOptions } from './options.ts';
import { Read, type ReadRunner } from './read.ts';
import { AclApi } from './resources/acl.ts';
import { AgentApi } from './resources/agent.ts';
import { CatalogApi } from './resources/catalog.ts';
import { ConfigApi } from './resources/config.ts';
import { ConnectApi } from './resources/connect.ts';
import { CoordinateApi } from './resources/coordinate.ts';
import { EventApi } from './resources/event.ts';
import { HealthApi } from './resources/health.ts';
import { IntentionApi } from './resources/intention.ts';
import { KvApi } from './resources/kv.ts';
import { OperatorApi } from './resources/operator.ts';
import { QueryApi } from './resources/query.ts';
import { SessionApi } from './resources/session.ts';
import { StatusApi } from './resources/status.ts';
import { TxnApi } from './resources/txn.ts';
import type { WebSocketConstructor } from './transport.ts';
import { LiveConnection } from './watch/live-connection.ts';
import { watch } from './watch/watch.ts';
import type { WatchOptions } from './watch/watch-options.ts';

/** Client of the HTTP API of an agent. Cheap to make; holds no connection until it is used. */
export class ApiClient {
  readonly acl: AclApi;
  readonly agent: AgentApi;
  readonly catalog: CatalogApi;
  readonly connect: ConnectApi;
  readonly coordinate: CoordinateApi;
  readonly event: EventApi;
  readonly health: HealthApi;
  readonly config: ConfigApi;
  readonly intention: IntentionApi;
  readonly kv: KvApi;
  readonly operator: OperatorApi;
  readonly query: QueryApi;
  readonly session: SessionApi;
  readonly status: StatusApi;
  readonly txn: TxnApi;
  readonly #runner: ReadRunner;
  readonly #live: LiveConnection | undefined;

  constructor(options: ClientOptions = {}) {
    const caller = new HttpCaller(options);
    const live = liveConnection(options, caller);
    this.#live = live;
    this.#runner = {
      caller,
      watch: (read, watchOptions) =>
        watch(read, watchOptions, {
          platform: caller.platform,
          live,
          datacenter: options.datacenter,
        }),
    };
    const core = new ClientCore(this.#runner);
    this.acl = new AclApi(core);
    this.agent = new AgentApi(core);
    this.catalog = new CatalogApi(core);
    this.connect = new ConnectApi(core);
    this.coordinate = new CoordinateApi(core);
    this.event = new EventApi(core);
    this.health = new HealthApi(core);
    this.config = new ConfigApi(core);
    this.intention = new IntentionApi(core);
    this.kv = new KvApi(core);
    this.operator = new OperatorApi(core);
    this.query = new QueryApi(core);
    this.session = new SessionApi(core);
    this.status = new StatusApi(core);
    this.txn = new TxnApi(core);
  }

  /** A query of any path, for routes that have no method here: `/v1/health/service/web?passing`. */
  read<T = unknown>(path: string, options: ReadOptions = {}): Read<T> {
    return new Read(this.#runner, path, asIs<T>(), options);
  }

  /**
   * Follows a query, or a path with its parameters: yields the answer, then again after each change.
   * Failures that may pass are retried without end.
   */
  watch<T = unknown>(
    query: Read<T> | string,
    options: WatchOptions = {},
  ): AsyncGenerator<Answer<T>, void, undefined> {
    return (typeof query === 'string' ? this.read<T>(query) : query).watch(options);
  }

  /** Closes the WebSocket, if one is open. Watches connect anew: end them by their signals. */
  close(): void {
    this.#live?.close();
  }
}

function liveConnection(options: ClientOptions, caller: HttpCaller): LiveConnection | undefined {
  const WebSocket =
    options.WebSocket === undefined
      ? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket
      : options.WebSocket;
  if (!WebSocket) return undefined;
  // Browsers give a page no way to set headers of a WebSocket, so the token stands in the query.
  const token = options.token ? `?token=${encodeURIComponent(options.token)}` : '';
  const url = `${caller.baseUrl.replace(/^http/, 'ws')}/v1/live${token}`;
  return new LiveConnection(url, WebSocket, caller.platform);
}
