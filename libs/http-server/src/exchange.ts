import { invalid } from '@mesh/base';
import type { QueryParameters, ReadOptions, RequestContext, WriteOptions } from '@mesh/resource';
import { EMPTY_QUERY, ParsedQuery } from './query-parameters.ts';
import { PLAIN_READ_REQUEST, parseReadRequest, type ReadRequest } from './read-options.ts';
import type { CompiledRoute } from './router.ts';

/** Where a request comes from: an HTTP message or a subscription of a live connection. */
export interface RequestSource {
  /** Value of a header; `name` is lower case. */
  header(name: string): string | undefined;
  readonly remoteAddress: string;
  /** Calls back once when nobody wants the answer any more. */
  onAbandoned(callback: () => void): void;
}

/** Settings of the server that the parsing of requests needs. */
export interface ExchangeSettings {
  readonly useCache: boolean;
  readonly maxQueryTimeMs: number;
  /** Token of requests that bear none. @default '' */
  readonly defaultToken?: () => string;
}

const EMPTY_BODY = new Uint8Array(0);

/**
 * One request as handlers see it. All that costs something is made when first touched: most requests never
 * look at their headers, and only parked ones need an AbortSignal.
 */
export class Exchange implements RequestContext {
  readonly compiled: CompiledRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly rawQuery: string;
  body: Uint8Array = EMPTY_BODY;
  bodyStream?: AsyncIterable<Uint8Array>;
  /** Set to override what the query string says: live connections block by their own index. */
  forcedRead: Pick<ReadRequest, 'minIndex' | 'maxWaitMs'> | undefined;
  private readonly source: RequestSource;
  private readonly settings: ExchangeSettings;
  private parsedQuery: QueryParameters | undefined;
  private parsedRead: ReadRequest | undefined;
  private knownToken: string | undefined;
  private abort: AbortController | undefined;

  constructor(
    compiled: CompiledRoute,
    params: Readonly<Record<string, string>>,
    rawQuery: string,
    source: RequestSource,
    settings: ExchangeSettings,
  ) {
    this.compiled = compiled;
    this.params = params;
    this.rawQuery = rawQuery;
    this.source = source;
    this.settings = settings;
  }

  get route() {
    return this.compiled.route;
  }

  get query(): QueryParameters {
    this.parsedQuery ??= this.rawQuery === '' ? EMPTY_QUERY : new ParsedQuery(this.rawQuery);
    return this.parsedQuery;
  }

  header(name: string): string | undefined {
    return this.source.header(name.toLowerCase());
  }

  get remoteAddress(): string {
    return this.source.remoteAddress;
  }

  get token(): string {
    this.knownToken ??= this.findToken();
    return this.knownToken;
  }

  get filter(): string {
    return this.route.filter ? (this.query.get('filter') ?? '') : '';
  }

  /** What the request asks of a read. Throws `invalid-argument` when its parameters are bad. */
  get read(): ReadRequest {
    this.parsedRead ??= this.parseRead();
    return this.parsedRead;
  }

  get readOptions(): ReadOptions {
    const { consistency, minIndex, maxWaitMs } = this.read;
    const options = {
      datacenter: this.datacenter,
      token: this.token,
      consistency,
      minIndex,
      maxWaitMs,
      track: this.isTracked,
    };
    if (minIndex === 0) return options;
    const exchange = this;
    return {
      ...options,
      // An own property, so that a handler's {...request.readOptions} keeps it.
      get signal() {
        return exchange.signal;
      },
    };
  }

  get writeOptions(): WriteOptions {
    return { datacenter: this.datacenter, token: this.token };
  }

  get signal(): AbortSignal {
    if (!this.abort) {
      const abort = new AbortController();
      this.abort = abort;
      this.source.onAbandoned(() => abort.abort());
    }
    return this.abort.signal;
  }

  /** True when the answer may be kept and used again for as long as it is fresh. */
  get isTracked(): boolean {
    return (
      this.route.consistency === 'read' &&
      this.route.method === 'GET' &&
      this.read.consistency !== 'consistent'
    );
  }

  get pretty(): boolean {
    return this.rawQuery !== '' && this.query.has('pretty');
  }

  /** Refuses bad common parameters before the handler runs. */
  validate(): void {
    if (this.query.get('ns')) {
      throw invalid('Invalid query parameter: "ns" - namespaces are not supported');
    }
    if (this.route.consistency === 'read') void this.read;
  }

  /** The same request, read from the leader: for an answer older than ?max_stale allows. */
  fromLeader(): Exchange {
    const again = new Exchange(
      this.compiled,
      this.params,
      this.rawQuery,
      this.source,
      this.settings,
    );
    again.body = this.body;
    again.parsedRead = { ...this.read, consistency: 'default', maxStaleMs: undefined };
    return again;
  }

  private get datacenter(): string {
    return this.query.get('dc') ?? '';
  }

  private parseRead(): ReadRequest {
    const cacheControl = this.source.header('cache-control');
    const parsed =
      this.rawQuery === '' && cacheControl === undefined
        ? PLAIN_READ_REQUEST
        : parseReadRequest(this.query, cacheControl, {
            blocking: this.route.blocking,
            cacheable: this.route.cached && this.settings.useCache,
            maxWaitMs: this.settings.maxQueryTimeMs,
          });
    return this.forcedRead ? { ...parsed, ...this.forcedRead } : parsed;
  }

  private findToken(): string {
    const fromQuery = this.rawQuery === '' ? undefined : this.query.get('token');
    if (fromQuery) return fromQuery;
    const fromHeader = this.source.header('x-consul-token');
    if (fromHeader) return fromHeader;
    const authorization = this.source.header('authorization');
    const bearer = authorization && /^bearer +(\S+)$/i.exec(authorization.trim());
    return bearer ? bearer[1]! : (this.settings.defaultToken?.() ?? '');
  }
}
