import { base64Decode, invalid, MeshError } from '@mesh/base';
import { KeyQueryDigest, keyQuery, SERF_STATUS } from '@mesh/gossip';
import type { KeyringOperation, KeyringReply, Keyrings, PoolName } from '../pool-services.ts';
import type { GossipPool } from './gossip-pool.ts';

const KEY_BYTES: readonly number[] = [16, 24, 32];
const MAX_RELAYS = 5;

/** Keyrings of the pools: asks every member, itself included, and counts what they say. */
export class PoolKeyrings implements Keyrings {
  private readonly pool: (name: PoolName) => GossipPool | undefined;

  /** @param pool undefined where this agent is not in that pool */
  constructor(pool: (name: PoolName) => GossipPool | undefined) {
    this.pool = pool;
  }

  isEncrypted(name: PoolName): boolean {
    return this.pool(name)?.isEncrypted() ?? false;
  }

  async operate(
    name: PoolName,
    operation: KeyringOperation,
    key: string,
    relayFactor: number,
  ): Promise<KeyringReply> {
    const pool = this.pool(name);
    if (!pool) throw new MeshError('unsupported', `this agent is not in the ${name} pool`);
    if (!pool.isEncrypted())
      throw new MeshError('internal', 'keyring is empty (encryption not enabled)');
    if (!Number.isInteger(relayFactor) || relayFactor < 0 || relayFactor > MAX_RELAYS) {
      throw invalid(`relay factor must be a number from 0 to ${MAX_RELAYS}, got ${relayFactor}`);
    }
    const query = keyQuery(operation, keyBytes(operation, key), relayFactor);
    const members = pool.members().filter(({ status }) => status === SERF_STATUS.alive).length;
    const digest = new KeyQueryDigest(members);
    await pool.query(query, (from, answer) => {
      digest.add(from, answer);
      return digest.isComplete;
    });
    return digest.result();
  }
}

function keyBytes(operation: KeyringOperation, key: string): Uint8Array | undefined {
  if (operation === 'list') return undefined;
  const bytes = base64Decode(key);
  if (bytes === undefined) throw invalid('the key is not base64');
  if (KEY_BYTES.includes(bytes.length)) return bytes;
  throw invalid(`key size must be 16, 24 or 32 bytes, got ${bytes.length}`);
}
