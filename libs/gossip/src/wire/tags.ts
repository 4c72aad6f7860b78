import { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';

/** First byte of encoded tags; without it the whole is the one tag that older peers have. */
const TAG_MAGIC = 0xff;
/** As many as the 512 bytes of a member can claim. */
export const MAX_TAGS = 256;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Tags as a member's meta, in their order. Callers see to the limit of 512 bytes. */
export function encodeTags(tags: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(tags);
  const writer = new MsgpackWriter().byte(TAG_MAGIC).map(pairs.length);
  for (const [name, value] of pairs) writer.text(name).text(value);
  return writer.finish();
}

/** Tags of a member's meta. Throws MeshError `invalid-argument`. */
export function decodeTags(meta: Uint8Array): Record<string, string> {
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  if (meta[0] !== TAG_MAGIC) {
    tags['role'] = decoder.decode(meta);
    return tags;
  }
  const reader = new MsgpackReader(meta, 1);
  for (let left = reader.map(MAX_TAGS); left > 0; left--) tags[reader.text()] = reader.text();
  return tags;
}
