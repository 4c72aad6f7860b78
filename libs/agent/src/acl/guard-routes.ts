import type { Authorizer } from '@mesh/acl';
import type { AclRequirement, AclRule } from '@mesh/api-contract';
import {
  type BoundRoute,
  type Handler,
  permissionDenied,
  type Reply,
  type RequestContext,
} from '@mesh/resource';

/** What a route that an agent answers by itself demands, where its row alone cannot say. */
export interface LocalGuard {
  /** Why the request is denied; undefined where it is not. */
  check?(authorizer: Authorizer, request: RequestContext): string | undefined;
  /** What of a JSON answer the asker may see. */
  filter?(authorizer: Authorizer, value: unknown): unknown;
}

/** By method and path of the route, `GET /v1/agent/services`. */
export type LocalGuards = Readonly<Record<string, LocalGuard>>;

export interface GuardParts {
  readonly authorizerOf: (token: string) => Promise<Authorizer>;
  readonly nodeName: string;
  readonly guards: LocalGuards;
}

/**
 * Routes that an agent answers by itself, behind their rules. All others are decided by the server that
 * answers them. Throws where a route has no rule: it must not come to be.
 */
export function guardRoutes(
  routes: readonly BoundRoute[],
  parts: GuardParts,
): readonly BoundRoute[] {
  return routes.map((bound) => {
    const { route, handler } = bound;
    const isOwn = route.consistency === 'local' || route.consistency === 'stream';
    if (!isOwn || route.acl === 'public') return bound;
    const guard = parts.guards[`${route.method} ${route.path}`];
    const check = guard?.check?.bind(guard) ?? byRow(route.acl, parts.nodeName);
    if (!check && !guard?.filter) {
      throw new Error(`route ${route.method} ${route.path} names no rule`);
    }
    return { ...bound, handler: guarded(handler, parts, check, guard?.filter?.bind(guard)) };
  });
}

function guarded(
  handler: Handler,
  { authorizerOf }: GuardParts,
  check: LocalGuard['check'],
  filter: LocalGuard['filter'],
): Handler {
  return async (request): Promise<Reply> => {
    const authorizer = await authorizerOf(request.token);
    if (authorizer.isManagement) return handler(request);
    const why = check?.(authorizer, request);
    if (why !== undefined) throw permissionDenied(why);
    const reply = await handler(request);
    if (!filter || reply.kind !== 'json') return reply;
    return { ...reply, value: filter(authorizer, reply.value) };
  };
}

/** The check that a row describes; undefined where only its handler knows. */
function byRow(rule: AclRule, nodeName: string): LocalGuard['check'] {
  if (rule === 'public' || !('check' in rule)) return undefined;
  const { resource, access } = rule.check;
  const segmentOf = segmentReader(rule.check, nodeName);
  if (!segmentOf) return undefined;
  return (authorizer, request) =>
    authorizer.allows(resource, access, segmentOf(request)) ? undefined : '';
}

function segmentReader(
  { segment }: AclRequirement,
  nodeName: string,
): ((request: RequestContext) => string) | undefined {
  if (segment === 'handler') return undefined;
  if (segment === 'self') return () => nodeName;
  if (segment === 'none') return () => '';
  if ('path' in segment) return ({ params }) => params[segment.path] ?? '';
  return ({ query }) => query.get(segment.query) ?? '';
}
