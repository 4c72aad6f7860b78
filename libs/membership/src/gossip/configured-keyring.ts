import { existsSync } from 'node:fs';
import type { Logger } from '@mesh/base';
import { Keyring } from '@mesh/gossip-transport';

export interface KeyringOptions {
  /** Where the keys are kept; "" keeps them in memory. */
  readonly file: string;
  /** `encrypt` of the configuration, base64; "" for none. */
  readonly encryptKey: string;
  /** Name of the pool in the log: LAN or WAN. */
  readonly pool: string;
  /** Named agent. */
  readonly logger: Logger;
}

/**
 * Keys of a pool; undefined where nothing is encrypted. A file that is there wins over the configuration: keys
 * may have been rotated since it was written. Throws MeshError when the file makes no sense.
 */
export function configuredKeyring(options: KeyringOptions): Keyring | undefined {
  const { file, encryptKey, pool, logger } = options;
  if (file === '') return encryptKey === '' ? undefined : Keyring.of([encryptKey]);
  if (existsSync(file)) {
    const keyring = Keyring.open(file);
    if (encryptKey !== '' && !keyring.keys().includes(Keyring.of([encryptKey]).keys()[0]!)) {
      logger.warn("keyring doesn't include key provided with -encrypt, using keyring", {
        keyring: pool,
      });
    }
    return keyring;
  }
  return encryptKey === '' ? undefined : Keyring.of([encryptKey], file);
}
