import { agentConnectRoutes, type Intention } from '@mesh/api-contract';
import { invalid, MeshError, type Platform, parseDuration, record, text } from '@mesh/base';
import { connectDisabled, parseServiceUri } from '@mesh/connect-ca';
import { covers, intentionCheck, intentionMatch } from '@mesh/intentions';
import {
  type BoundRoute,
  decodeJsonBody,
  implement,
  jsonReply,
  PLAIN_READ,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import type { LeafCache } from './leaf-cache.ts';
import type { RootsWatch } from './roots-watch.ts';

/** What the handlers need. */
export interface ConnectHttpDeps {
  readonly isEnabled: boolean;
  readonly rpc: Rpc;
  readonly roots: RootsWatch;
  readonly leaves: LeafCache;
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
}

/** Reasons where no intention decides. */
const DEFAULT_ALLOW = 'ACLs disabled, access is allowed by default';
const DEFAULT_BY_ACLS = 'Default behavior configured by ACLs';

const authorizeBody = record({ Target: text, ClientCertURI: text, ClientCertSerial: text });

/** Handlers of /v1/agent/connect. */
export function connectHandlers(deps: ConnectHttpDeps): readonly BoundRoute[] {
  const requireEnabled = () => {
    if (!deps.isEnabled) throw connectDisabled();
  };
  return implement(agentConnectRoutes, {
    roots: async (request) => {
      requireEnabled();
      const { roots, platform } = deps;
      const isHit = roots.current !== undefined;
      let state = await roots.get();
      const index = indexOf(request);
      if (index > 0 && index >= state.index) {
        await nextRoots(deps, waitOf(deps, request), request.signal);
        state = await roots.get();
      }
      const ageMs = platform.clock.monotonicMs() - state.fetchedMs;
      return jsonReply(state.roots, {
        ...cacheHeaders(isHit, ageMs),
        ...{ 'X-Consul-Index': String(state.index), 'X-Consul-Knownleader': 'true' },
        'X-Consul-Lastcontact': '0',
      });
    },
    leaf: async (request) => {
      requireEnabled();
      const { leaves, platform } = deps;
      const service = request.params['service'] ?? '';
      if (service === '') throw invalid('Missing service name');
      const isHit = leaves.has(service);
      let held = await leaves.get(service, request.token);
      const index = indexOf(request);
      if (index > 0 && index >= held.index) {
        await leaves.changed(service, waitOf(deps, request), request.signal);
        held = await leaves.get(service, request.token);
      }
      const ageMs = platform.clock.monotonicMs() - held.fetchedMs;
      const headers = { ...cacheHeaders(isHit, ageMs), 'X-Consul-Index': String(held.index) };
      return jsonReply(held.leaf, headers);
    },
    authorize: async (request) => {
      requireEnabled();
      return jsonReply(await authorize(deps, request));
    },
  });
}

async function authorize(deps: ConnectHttpDeps, { body, token, signal }: RequestContext) {
  const { Target, ClientCertURI } = decode(body);
  if (Target === '') throw invalid('Bad request: Target service must be specified');
  const client = parseServiceUri(ClientCertURI);
  if (!client) throw invalid('Bad request: ClientCertURI not a valid Connect identifier');
  const { TrustDomain } = (await deps.roots.get()).roots;
  if (client.trustDomain !== TrustDomain.toLowerCase()) {
    const Reason = `Identity from an external trust domain: ${client.trustDomain}`;
    return { Authorized: false, Reason };
  }
  const read = { ...PLAIN_READ, token, signal };
  const matches = await deps.rpc.read(intentionMatch, { by: 'destination', names: [Target] }, read);
  const asked = { namespace: client.namespace, name: client.service };
  const decider = matches.value[Target]?.find(({ SourceNS, SourceName }) =>
    covers({ namespace: SourceNS, name: SourceName }, asked),
  );
  if (decider) {
    const Authorized = decider.Action === 'allow';
    return { Authorized, Reason: `Matched intention: ${described(decider)}` };
  }
  const pair = { source: client.service, destination: Target };
  const { value } = await deps.rpc.read(intentionCheck, pair, read);
  // A default of deny comes from ACLs only.
  return { Authorized: value, Reason: value ? DEFAULT_ALLOW : DEFAULT_BY_ACLS };
}

function decode(body: Uint8Array) {
  try {
    return decodeJsonBody(body, authorizeBody);
  } catch (thrown) {
    throw invalid(`Bad request: ${MeshError.from(thrown).message}`);
  }
}

function described(intention: Intention): string {
  const { Action, SourceNS, SourceName, DestinationNS, DestinationName, ID, Precedence } =
    intention;
  const pair = `${SourceNS}/${SourceName} => ${DestinationNS}/${DestinationName}`;
  return `${Action.toUpperCase()} ${pair} (ID: ${ID}, Precedence: ${Precedence})`;
}

/** Resolves when others are trusted, or the wait is over. */
function nextRoots(
  { roots, platform }: ConnectHttpDeps,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = platform.timers.after(waitMs, done);
    const unsubscribe = roots.onChange(done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

function cacheHeaders(isHit: boolean, ageMs: number): Readonly<Record<string, string>> {
  return isHit
    ? { 'X-Cache': 'HIT', Age: String(Math.floor(Math.max(0, ageMs) / 1000)) }
    : { 'X-Cache': 'MISS' };
}

function indexOf({ query }: RequestContext): number {
  const given = query.get('index') ?? '';
  if (given === '') return 0;
  if (!/^\d{1,15}$/.test(given)) throw invalid('Invalid index');
  return Number(given);
}

function waitOf(deps: ConnectHttpDeps, { query }: RequestContext): number {
  const given = query.get('wait') ?? '';
  const ms = given === '' ? deps.defaultQueryTimeMs : parseDuration(given);
  if (ms === undefined || ms < 0) throw invalid('Invalid wait time');
  return Math.min(ms || deps.defaultQueryTimeMs, deps.maxQueryTimeMs);
}
