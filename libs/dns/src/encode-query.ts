import { MessageWriter, messageBuffer } from './message-writer.ts';
import { CLASS_IN, HEADER_BYTES } from './record-types.ts';
import { encodeLabels } from './name.ts';

const buffer = messageBuffer();

/**
 * A query with recursion desired, for a recursor. `udpBytes` is announced by EDNS; 0 sends none. Undefined when
 * the name cannot be written.
 */
export function encodeQuery(options: {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly udpBytes: number;
}): Uint8Array | undefined {
  const labels = encodeLabels(options.name);
  if (!labels) return undefined;
  const question: number[] = [];
  for (const label of labels) question.push(label.length, ...label);
  question.push(0, options.type >> 8, options.type & 255, 0, CLASS_IN);
  const writer = new MessageWriter(buffer, false);
  writer.question(Uint8Array.from(question), options.name);
  const edns = options.udpBytes > 0;
  if (edns) writer.opt({ udpBytes: options.udpBytes, rcode: 0, subnet: undefined, scopeBits: 0 });
  const bytes = writer.finish(
    {
      id: options.id,
      authoritative: false,
      truncated: false,
      recursionDesired: true,
      recursionAvailable: false,
      checkingDisabled: false,
      rcode: 0,
    },
    [1, 0, 0, edns ? 1 : 0],
  );
  bytes[2]! &= 0x7f;
  return bytes.length > HEADER_BYTES ? bytes : undefined;
}
