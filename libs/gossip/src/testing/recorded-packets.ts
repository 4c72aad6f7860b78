import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message as the capture describes it: Go's names, bytes as `{ hex }`. */
export interface RecordedMessage {
  readonly ml: string;
  readonly inner?: RecordedMessage;
  readonly parts?: readonly RecordedMessage[];
}

/** A datagram, or all of one direction of a connection, captured between real agents. */
export interface RecordedPacket {
  readonly file: string;
  /** Path of wrappers and messages. */
  readonly name: string;
  readonly transport: 'udp' | 'tcp-request' | 'tcp-response';
  readonly hex: string;
  readonly decoded: {
    readonly label?: string;
    readonly encrypted?: { readonly plainHex: string };
    readonly msg: RecordedMessage;
  };
}

/** All captured packets and streams of a folder. */
export function readRecordedPackets(folder: string): readonly RecordedPacket[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.toSorted().flatMap((file) => {
    const { fixtures = [] } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      fixtures?: Omit<RecordedPacket, 'file'>[];
    };
    return fixtures.map((fixture) => ({ ...fixture, file }));
  });
}

/** What is within label and encryption: where the codec begins. */
export function plaintextOf({ hex, decoded }: RecordedPacket): Uint8Array {
  if (decoded.encrypted) return fromHex(decoded.encrypted.plainHex);
  const bytes = fromHex(hex);
  return decoded.label === undefined ? bytes : bytes.subarray(2 + bytes[1]!);
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
