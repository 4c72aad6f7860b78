import { utf8Bytes } from '@mesh/base';
import { kvApply, kvGet } from '@mesh/kv';
import { PLAIN_READ, PLAIN_WRITE, type Rpc } from '@mesh/resource';
import type { JobPlace } from './job-spec.ts';

/**
 * A job's keys in the key-value store. Each is written under a lock of the job's session: once that has
 * ended nothing can be written any more.
 */
export class JobKeys {
  private readonly rpc: Rpc;
  private readonly token: string;
  private readonly place: JobPlace;

  constructor(rpc: Rpc, token: string, place: JobPlace) {
    this.rpc = rpc;
    this.token = token;
    this.place = place;
  }

  /**
   * The job's file; undefined where there is none. All agents ask at the same moment, so each tries any
   * server first, and only then the leader.
   */
  async read(): Promise<Uint8Array | null | undefined> {
    for (const consistency of ['stale', 'default'] as const) {
      const options = { ...PLAIN_READ, token: this.token, consistency };
      const { value } = await this.rpc.read(kvGet, { key: this.place.jobKey }, options);
      if (value) return value.Value;
    }
    return undefined;
  }

  /** Tells that this node has begun. False when the session has ended. */
  acknowledge(): Promise<boolean> {
    return this.write('ack', new Uint8Array(0));
  }

  /** Piece `number` of the output, or with nothing in it a sign of life. False when the session has ended. */
  output(number: number, piece: Uint8Array): Promise<boolean> {
    return this.write(`out/${number.toString(16).padStart(5, '0')}`, piece);
  }

  /** How it ended. False when the session has ended. */
  exit(code: number): Promise<boolean> {
    return this.write('exit', utf8Bytes(String(code)));
  }

  private write(name: string, value: Uint8Array): Promise<boolean> {
    const { session, folder } = this.place;
    const operation = { op: 'lock', key: `${folder}/${name}`, value, flags: 0, session } as const;
    return this.rpc.write(kvApply, operation, { ...PLAIN_WRITE, token: this.token });
  }
}
