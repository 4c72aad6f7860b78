import {
  invalid,
  list,
  MeshError,
  record,
  refine,
  type Shape,
  text,
  utf8Text,
  whole,
} from '@mesh/base';

/** A server of the cluster that a snapshot was taken of. */
export interface ArchivedServer {
  /** 0 voter, 1 non-voter. */
  readonly Suffrage: number;
  readonly ID: string;
  /** host:port of its RPC. */
  readonly Address: string;
}

/** What a snapshot says about itself: `meta.json`, in the original's names. */
export interface ArchiveMeta {
  /** Of this description; the state has a version of its own. */
  readonly Version: number;
  /** `<term>-<index>-<milliseconds since the epoch>`. */
  readonly ID: string;
  /** Of the tables that it holds. */
  readonly Index: number;
  readonly Term: number;
  readonly Configuration: { readonly Servers: readonly ArchivedServer[] };
  readonly ConfigurationIndex: number;
  /** Of the state, bytes uncompressed. */
  readonly Size: number;
}

/** Version of descriptions that this program writes and reads. */
export const META_VERSION = 1;

const count: Shape<number> = refine(whole, (value, path) => {
  if (value >= 0) return value;
  throw invalid(`${path}: ${value} is below 0`);
});

const server = record({ Suffrage: count, ID: text, Address: text });
const orEmpty = <T>(items: Shape<T[] | undefined>): Shape<T[]> =>
  refine(items, (value) => value ?? []);

const meta: Shape<ArchiveMeta> = record({
  Version: count,
  ID: text,
  Index: count,
  Term: count,
  Configuration: record({ Servers: orEmpty(list(server)) }),
  ConfigurationIndex: count,
  Size: count,
});

/** The bytes of `meta.json`. */
export function encodeMeta(value: ArchiveMeta): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** Inverse of encodeMeta; what it does not know is left out. Throws MeshError invalid-argument. */
export function decodeMeta(bytes: Uint8Array): ArchiveMeta {
  let decoded: ArchiveMeta;
  try {
    decoded = meta.decode(JSON.parse(utf8Text(bytes)), '');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('invalid-argument', `failed to read snapshot: meta.json: ${why}`, {
      cause,
    });
  }
  if (decoded.Version === META_VERSION) return decoded;
  throw invalid(
    `failed to read snapshot: meta.json has version ${decoded.Version}; accepted is ${META_VERSION}`,
  );
}
