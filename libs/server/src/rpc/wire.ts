import { type ErrorCode, invalid, MeshError } from '@mesh/base';
import type { CallOptions, ReadConsistency, ReadOptions } from '@mesh/resource';

/** Body of a call of an endpoint, as one agent sends it to another. */
export interface EndpointCall {
  readonly args: unknown;
  readonly datacenter: string;
  readonly token: string;
  /** Came from a server that does not lead: it is answered here or refused, never sent on. */
  readonly forwarded: boolean;
  /** Came from another datacenter: it is never sent on to a third one. */
  readonly crossed: boolean;
  /** Of a read. */
  readonly consistency: ReadConsistency;
  readonly minIndex: number;
  readonly maxWaitMs: number;
  /** Of a call. */
  readonly server: CallOptions['server'];
}

/** What the other side answered: the value, or the error that the endpoint threw. */
export type EndpointAnswer =
  | { readonly ok: unknown }
  | { readonly code: ErrorCode; readonly message: string };

/** Value of `ok` for a read. */
export interface WireReply {
  readonly value: unknown;
  readonly index: number;
  readonly knownLeader: boolean;
  readonly lastContactMs: number;
}

const CONSISTENCIES: readonly unknown[] = ['default', 'consistent', 'stale'];

const CODES: Readonly<Record<ErrorCode, true>> = {
  'invalid-argument': true,
  unauthenticated: true,
  'permission-denied': true,
  'not-found': true,
  conflict: true,
  'too-large': true,
  'unsupported-media': true,
  'rate-limited': true,
  unsupported: true,
  'no-leader': true,
  'no-servers': true,
  unavailable: true,
  'unknown-outcome': true,
  cancelled: true,
  internal: true,
};

/** Whether something that was thrown is a MeshError with one of the codes. */
export function hasCode(thrown: unknown, ...codes: readonly ErrorCode[]): boolean {
  return thrown instanceof MeshError && codes.includes(thrown.code);
}

/** A body that names nothing special. */
export function endpointCall(
  args: unknown,
  options: { readonly datacenter: string; readonly token: string },
): Pick<EndpointCall, 'args' | 'datacenter' | 'token'> {
  return { args, datacenter: options.datacenter, token: options.token };
}

/** A body that anybody may have sent. Throws `invalid-argument`. */
export function decodeEndpointCall(body: unknown): EndpointCall {
  if (body === null || typeof body !== 'object') throw invalid('the call has no body');
  const { args, ...rest } = body as Partial<Record<keyof EndpointCall, unknown>>;
  const { datacenter = '', token = '', forwarded = false, crossed = false } = rest;
  const { consistency = 'default', minIndex = 0, maxWaitMs = 0, server = 'leader' } = rest;
  if (typeof datacenter !== 'string' || typeof token !== 'string') {
    throw invalid('the call: datacenter and token are texts');
  }
  if (typeof forwarded !== 'boolean' || typeof crossed !== 'boolean') {
    throw invalid('the call: forwarded and crossed are true or false');
  }
  if (!CONSISTENCIES.includes(consistency)) throw invalid('the call: unknown consistency');
  if (!isCount(minIndex) || !isCount(maxWaitMs)) {
    throw invalid('the call: minIndex and maxWaitMs are numbers, 0 or more');
  }
  if (server !== 'leader' && server !== 'any') throw invalid('the call: unknown server');
  return {
    args,
    datacenter,
    token,
    forwarded,
    crossed,
    consistency: consistency as ReadConsistency,
    minIndex,
    maxWaitMs,
    server,
  };
}

/** Read options that a call asks for. */
export function readOptionsOf(call: EndpointCall, signal: AbortSignal): ReadOptions {
  const { datacenter, token, consistency, minIndex, maxWaitMs } = call;
  return { datacenter, token, consistency, minIndex, maxWaitMs, track: false, signal };
}

/** What was answered; throws the error where it was one, `internal` where it makes no sense. */
export function openAnswer(answer: unknown): unknown {
  if (answer !== null && typeof answer === 'object') {
    const { ok, code, message } = answer as Partial<Record<'ok' | 'code' | 'message', unknown>>;
    if (typeof code === 'string' && Object.hasOwn(CODES, code)) {
      throw new MeshError(code as ErrorCode, String(message));
    }
    if (code === undefined) return ok;
  }
  throw new MeshError('internal', 'the answer of the server makes no sense');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
