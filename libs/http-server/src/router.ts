import type { HttpMethod, Route } from '@mesh/api-contract';
import { assert } from '@mesh/base';
import type { BoundRoute, Handler } from '@mesh/resource';

/** Order of methods in an Allow header. */
const METHOD_ORDER: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE'];

/** A route with all that can be computed once. */
export interface CompiledRoute {
  readonly route: Route;
  readonly handler: Handler;
  /** `http.GET.v1.kv._` */
  readonly metric: string;
  /** Served in front of Express: the state API; what is local to the agent is not. */
  readonly hot: boolean;
  /** Reads that name the consistency they were answered with. */
  readonly tellsConsistency: boolean;
}

/** One path pattern with its methods. */
export interface PathEntry {
  readonly pattern: string;
  readonly methods: ReadonlyMap<string, CompiledRoute>;
  /** Value of Allow: `OPTIONS,GET,PUT`. */
  readonly allow: string;
}

export type RouteMatch =
  | { readonly kind: 'found'; readonly entry: PathEntry; readonly params: Record<string, string> }
  /** The path lacks its final slash. */
  | { readonly kind: 'add-slash' };

interface TrieNode {
  readonly literals: Map<string, TrieNode>;
  param: TrieNode | undefined;
  /** Entry reached by a final `:name` or `*name` below this node, with the name. */
  entry: MutableEntry | undefined;
  rest: MutableEntry | undefined;
  paramNames: readonly string[];
  restNames: readonly string[];
}

interface MutableEntry extends PathEntry {
  readonly methods: Map<string, CompiledRoute>;
  allow: string;
}

function newNode(): TrieNode {
  return {
    literals: new Map(),
    param: undefined,
    entry: undefined,
    rest: undefined,
    paramNames: [],
    restNames: [],
  };
}

/**
 * Finds the route of a path in one walk over its segments. Literals win over parameters. A final `:name` also
 * takes further segments where nothing longer is registered (the original cuts a prefix off and keeps the
 * rest, so that a service may be called `a/b`), and takes the empty name, which handlers refuse.
 */
export class Router {
  private readonly root = newNode();

  constructor(routes: readonly BoundRoute[]) {
    for (const bound of routes) this.add(bound);
  }

  /** The entry of an undecoded path; undefined when there is none or an escape is bad. */
  match(rawPath: string): RouteMatch | undefined {
    const segments = rawPath.split('/');
    return this.walk(this.root, segments, 1, []);
  }

  private walk(
    node: TrieNode,
    segments: readonly string[],
    at: number,
    taken: readonly string[],
  ): RouteMatch | undefined {
    if (at === segments.length) {
      if (node.entry) return found(node.entry, node.paramNames, taken);
      return node.rest || node.param?.entry ? { kind: 'add-slash' } : undefined;
    }
    const segment = segments[at]!;
    const literal = node.literals.get(segment) ?? escapedLiteral(node, segment);
    if (literal) {
      const match = this.walk(literal, segments, at + 1, taken);
      if (match) return match;
    }
    if (node.param) {
      const match = this.walk(node.param, segments, at + 1, [...taken, segment]);
      if (match?.kind === 'found') return match;
      if (node.param.entry && !isInner(node.param)) {
        const names = node.param.paramNames;
        return found(node.param.entry, names, [...taken, segments.slice(at).join('/')]);
      }
    }
    if (node.rest) {
      return found(node.rest, node.restNames, [...taken, segments.slice(at).join('/')]);
    }
    return undefined;
  }

  private add(bound: BoundRoute): void {
    const { path, method } = bound.route;
    assert(path.startsWith('/'), `route path ${path} begins with a slash`);
    let node = this.root;
    const names: string[] = [];
    let restName: string | undefined;
    for (const segment of path.slice(1).split('/')) {
      assert(restName === undefined, `*${restName} is the last segment of ${path}`);
      if (segment.startsWith('*')) {
        restName = segment.slice(1);
        names.push(restName);
      } else if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.param ??= newNode();
        node = node.param;
      } else {
        let next = node.literals.get(segment);
        if (!next) {
          next = newNode();
          node.literals.set(segment, next);
        }
        node = next;
      }
    }
    const entry = (restName === undefined ? node.entry : node.rest) ?? {
      pattern: path,
      methods: new Map<string, CompiledRoute>(),
      allow: '',
    };
    assert(!entry.methods.has(method), `route ${method} ${path} is registered once`);
    entry.methods.set(method, compile(bound));
    entry.allow = ['OPTIONS', ...METHOD_ORDER.filter((name) => entry.methods.has(name))].join(',');
    if (restName === undefined) {
      node.entry = entry;
      node.paramNames = names;
    } else {
      node.rest = entry;
      node.restNames = names;
    }
  }
}

function isInner(node: TrieNode): boolean {
  return node.literals.size > 0 || node.param !== undefined || node.rest !== undefined;
}

/** A literal segment may come escaped: /v1/%6bv/a. */
function escapedLiteral(node: TrieNode, segment: string): TrieNode | undefined {
  if (!segment.includes('%')) return undefined;
  const text = decodeSegment(segment);
  return text === undefined ? undefined : node.literals.get(text);
}

function decodeSegment(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function found(
  entry: PathEntry,
  names: readonly string[],
  taken: readonly string[],
): RouteMatch | undefined {
  const params: Record<string, string> = {};
  for (let at = 0; at < names.length; at++) {
    const value = decodeSegment(taken[at]!);
    if (value === undefined) return undefined;
    params[names[at]!] = value;
  }
  return { kind: 'found', entry, params };
}

/** Resources whose reads carry X-Consul-Effective-Consistency in the original. */
const TELLS_CONSISTENCY = /^\/v1\/(?:catalog|health|query|discovery-chain)(?:\/|$)/;

function compile(bound: BoundRoute): CompiledRoute {
  const { route, handler } = bound;
  const pattern = route.path
    .slice(1)
    .split('/')
    .map((segment) => (/^[:*]/.test(segment) ? '_' : segment));
  return {
    route,
    handler,
    metric: `http.${route.method}.${pattern.join('.')}`,
    hot: route.consistency === 'read' || route.consistency === 'write',
    tellsConsistency: route.consistency === 'read' && TELLS_CONSISTENCY.test(route.path),
  };
}
