import { MeshError } from '@mesh/base';

/**
 * Joining did not work. The original answers 500 to it (as to all that it does not expect), so it is no
 * `unavailable`, which would be 503.
 */
export class JoinFailure extends MeshError {
  constructor(message: string) {
    super('internal', message);
    this.name = 'JoinFailure';
  }
}

/** The failure of a whole list of addresses, in the words of the original. */
export function joinFailed(failures: readonly string[]): JoinFailure {
  const count = failures.length;
  const lines = failures.map((failure) => `\t* ${failure}\n`).join('');
  return new JoinFailure(`${count} error${count === 1 ? '' : 's'} occurred:\n${lines}\n`);
}
