import { MessageWriter, messageBuffer } from './message-writer.ts';
import { encodeLabels } from './name.ts';
import type { ClientSubnet } from './query.ts';
import { CLASS_IN } from './record-types.ts';

const buffer = messageBuffer();

export interface QueryOptions {
  readonly id: number;
  /** Presentation form, absolute. */
  readonly name: string;
  readonly type: number;
  /** @default 1, the Internet */
  readonly classCode?: number;
  /** @default true */
  readonly recursionDesired?: boolean;
  /** Announced by EDNS; 0 sends none. */
  readonly udpBytes: number;
  /** Client subnet; needs EDNS. */
  readonly subnet?: ClientSubnet;
}

/** A query, as a client sends it. Undefined when the name cannot be written. */
export function encodeQuery(options: QueryOptions): Uint8Array | undefined {
  const { id, name, type, classCode = CLASS_IN, recursionDesired = true, udpBytes } = options;
  const labels = encodeLabels(name);
  if (!labels) return undefined;
  const question: number[] = [];
  for (const label of labels) question.push(label.length, ...label);
  question.push(0, type >> 8, type & 255, classCode >> 8, classCode & 255);
  const writer = new MessageWriter(buffer, false);
  writer.question(Uint8Array.from(question), name);
  const hasEdns = udpBytes > 0;
  if (hasEdns) writer.opt({ udpBytes, rcode: 0, subnet: options.subnet, scopeBits: 0 });
  const header = {
    id,
    authoritative: false,
    truncated: false,
    recursionDesired,
    recursionAvailable: false,
    checkingDisabled: false,
    rcode: 0,
  };
  const bytes = writer.finish(header, [1, 0, 0, hasEdns ? 1 : 0]);
  // `finish` writes replies: take QR back.
  bytes[2]! &= 0x7f;
  return bytes;
}
