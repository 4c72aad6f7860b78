import { jsonReply, type Reply, type RequestContext } from '@mesh/resource';
import { bootstrap } from './bootstrap.ts';
import type { AclHttpDeps } from './http-request.ts';

/** Makes the first management token and shows it, its secret also as the `ID` of before 1.4. */
export async function bootstrapOf(
  { rpc, primaryDatacenter }: Pick<AclHttpDeps, 'rpc' | 'primaryDatacenter'>,
  { writeOptions }: RequestContext,
): Promise<Reply> {
  const { datacenter, signal } = writeOptions;
  const options = {
    datacenter: datacenter || primaryDatacenter,
    token: '',
    server: 'leader',
    signal,
  } as const;
  const token = await rpc.call(bootstrap, {}, options);
  return jsonReply({ ID: token.SecretID, ...token });
}
