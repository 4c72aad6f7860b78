import { invalid, list, number, record, refine, type ShapeOf, text, utf8Text } from '@mesh/base';

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
