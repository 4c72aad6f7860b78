import { connectCaRoutes } from '@mesh/api-contract';
import { MeshError, utf8Bytes } from '@mesh/base';
import {
  type BoundRoute,
  type CallOptions,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type Rpc,
  readReply,
} from '@mesh/resource';
import { configurationBody } from './decode.ts';
import { caConfigurationGet, caConfigurationSet, caRootsGet, connectDisabled } from './endpoint.ts';

/** What the handlers need. */
export interface CaHttpDeps {
  readonly rpc: Rpc;
  /** Whether the mesh is on (connect.enabled of this agent). */
  readonly isEnabled: boolean;
}

/** Handlers of /v1/connect/ca. */
export function caHttpRoutes({ rpc, isEnabled }: CaHttpDeps): readonly BoundRoute[] {
  const requireEnabled = () => {
    if (!isEnabled) throw connectDisabled();
  };
  const leader = (options: Omit<CallOptions, 'server'>): CallOptions => {
    const { datacenter, token, signal } = options;
    return { datacenter, token, signal, server: 'leader' };
  };
  return implement(connectCaRoutes, {
    roots: async ({ readOptions, query }) => {
      requireEnabled();
      const reply = await rpc.read(caRootsGet, {}, readOptions);
      if (!reply.value) throw new MeshError('unavailable', 'CA not bootstrapped yet, try again');
      if (!isTrue(query.get('pem'))) return readReply(reply, reply.value);
      const { index, knownLeader, lastContactMs } = reply;
      return {
        kind: 'bytes',
        status: 200,
        contentType: 'application/pem-certificate-chain',
        bytes: utf8Bytes(reply.value.Roots.map(({ RootCert }) => RootCert).join('')),
        meta: { index, knownLeader, lastContactMs },
      };
    },
    configuration: async ({ query, token, signal }) => {
      requireEnabled();
      const options = leader({ datacenter: query.get('dc') ?? '', token, signal });
      return jsonReply(await rpc.call(caConfigurationGet, {}, options));
    },
    configure: async ({ body, writeOptions }) => {
      requireEnabled();
      const args = decodeJsonBody(body, configurationBody);
      await rpc.call(caConfigurationSet, args, leader(writeOptions));
      return emptyReply();
    },
  });
}

function isTrue(value: string | undefined): boolean {
  return value === '' || value === '1' || value === 'true';
}
