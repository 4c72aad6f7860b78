import { type Authorizer, translateLegacyRules } from '@mesh/acl';
import { invalid, MeshError, type Shape, utf8Text } from '@mesh/base';
import {
  emptyReply,
  type ReadReply,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
  textReply,
} from '@mesh/resource';
import { aclNotFound } from './tokens.ts';

/** What the handlers need. */
export interface AclHttpDeps {
  readonly rpc: Rpc;
  /** Where ACLs are bootstrapped. */
  readonly primaryDatacenter: string;
  /** acl.enabled of this agent; without it every route says so. */
  readonly isEnabled: boolean;
  /** What the bearer of a token may do. Rejects with `permission-denied`. */
  readonly authorizerOf: (token: string) => Promise<Authorizer>;
}

/** A path's parameter, or the original's refusal. */
export function requireId(request: RequestContext, name: string, what: string): string {
  const value = request.params[name] ?? '';
  if (value === '') throw invalid(`Bad request: Missing ${what}`);
  return value;
}

/** A body, with the original's words where it is none. */
export function bodyOf<T>(request: RequestContext, shape: Shape<T>, what: string): T {
  try {
    const value = shape.decode(JSON.parse(utf8Text(request.body)), '');
    return value;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalid(
      `Bad request: ${what} decoding failed: ${why.replace('invalid config key', 'unknown field')}`,
    );
  }
}

/** The id that the path and the body name; both may, if they agree. */
export function sameId(fromPath: string, fromBody: string, what: string): string {
  if (fromBody !== '' && fromBody.toLowerCase() !== fromPath.toLowerCase()) {
    throw invalid(`Bad request: ${what} in URL and payload do not match`);
  }
  return fromPath;
}

/** 404 without a body where there is none, as for all but tokens and policies. */
export function foundOr404<T>(reply: ReadReply<T | null>): Reply {
  return reply.value === null ? emptyReply(404, reply) : readReply(reply);
}

/** 403 where there is none, as for tokens and policies. */
export function foundOr403<T>(reply: ReadReply<T | null>): Reply {
  return reply.value === null
    ? { ...textReply(403, aclNotFound().message), meta: reply }
    : readReply(reply);
}

/** What was just written, with the names of what it links to. */
export function readBack<A, R>(
  rpc: Rpc,
  { readOptions, writeOptions }: RequestContext,
  endpoint: Parameters<Rpc['read']>[0] & { run: (...given: never[]) => R },
  args: A,
): Promise<ReadReply<R>> {
  const { datacenter, token } = writeOptions;
  const plain = { ...readOptions, datacenter, token, minIndex: 0, track: false };
  return rpc.read(endpoint as never, args, plain);
}

/** Rules of before 1.4 in today's syntax. Throws `invalid-argument`. */
export function translated(rules: string): string {
  try {
    return translateLegacyRules(rules);
  } catch (thrown) {
    throw invalid(`Bad request: Failed to parse rules: ${MeshError.from(thrown).message}`);
  }
}
