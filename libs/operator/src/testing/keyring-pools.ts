import type { KeyringOperation, KeyringPools, KeyringReply } from '../keyring/pools.ts';

/** Pools of one member each, whose keyrings do as real ones. */
export class FakeKeyrings implements KeyringPools {
  /** Answers in place of the keyring's own. */
  reply: KeyringReply | undefined;
  /** Thrown by every operation while it is set. */
  failure: Error | undefined;
  readonly asked: unknown[] = [];
  private readonly keys: Readonly<Record<'lan' | 'wan', string[]>>;

  constructor(key: string) {
    this.keys = { lan: [key], wan: [key] };
  }

  async operate(
    pool: 'lan' | 'wan',
    operation: KeyringOperation,
    key: string,
    relayFactor: number,
  ): Promise<KeyringReply> {
    this.asked.push([pool, operation, key, relayFactor]);
    if (this.failure) throw this.failure;
    if (this.reply) return this.reply;
    if (operation !== 'list' && !key.endsWith('=')) throw new Error('illegal base64');
    const fault = this.change(this.keys[pool], operation, key);
    const keys = this.keys[pool];
    return {
      ...{ members: 1, answers: 1, failures: fault === undefined ? 0 : 1 },
      messages: fault === undefined ? {} : { [pool === 'wan' ? 's1.dc1' : 's1']: fault },
      keys: Object.fromEntries(keys.map((one) => [one, 1])),
      primaryKeys: { [keys[0]!]: 1 },
    };
  }

  /** What is wrong with it, if anything. */
  private change(keys: string[], operation: KeyringOperation, key: string): string | undefined {
    const at = keys.indexOf(key);
    if (operation === 'install' && at < 0) keys.push(key);
    if (operation === 'use') {
      if (at < 0) return 'Requested key is not in the keyring';
      keys.unshift(...keys.splice(at, 1));
    }
    if (operation === 'remove' && at === 0) return 'Removing the primary key is not allowed';
    if (operation === 'remove' && at > 0) keys.splice(at, 1);
    return undefined;
  }
}
