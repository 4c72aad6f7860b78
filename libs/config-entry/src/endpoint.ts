import { configEntryRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import {
  type ReadEndpoint,
  type ReplicaChange,
  replicaChange,
  type WriteEndpoint,
} from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { mayReadEntry, mayWriteEntry } from './access.ts';
import { checkChains } from './chain.ts';
import { entriesReplicate, entryRemove, entryStore } from './commands.ts';
import { decodeEntry, requireKind } from './decode.ts';
import { configEntriesOf, configEntry } from './queries.ts';
import { type ResolvedConfig, resolveServiceConfig } from './resolve.ts';
import { entryKey } from './table.ts';
import type { ConfigEntry, NewConfigEntry } from './types.ts';

/** What a write asks for. */
export interface ApplyEntry {
  /** Decoded and checked where it is written. */
  readonly entry: unknown;
  /** ModifyIndex that the entry must have, 0: it must not be there; null: whatever is there. */
  readonly cas: number | null;
}

/** Stores an entry; false when `cas` does not hold. */
export const configEntryApply: WriteEndpoint<ApplyEntry, boolean> = {
  kind: 'write',
  method: 'ConfigEntry.Apply',
  acl: configEntryRoutes.apply.acl,
  guard: { check: (authorizer, { entry }) => mayWriteEntry(authorizer, entry) },
  isPrimarys: true,
  prepare: ({ entry: given, cas }, { view }) => {
    const entry = decodeEntry(given);
    if (cas !== null && (configEntry(view, entry.Kind, entry.Name)?.ModifyIndex ?? 0) !== cas) {
      return { answer: false };
    }
    checkChains(view, { kind: entry.Kind, name: entry.Name, entry });
    return { command: entryStore, payload: { entry, cas } };
  },
};

export interface EntryName {
  readonly kind: string;
  readonly name: string;
}

/** Deletes an entry; false when there is none. */
export const configEntryDelete: WriteEndpoint<EntryName, boolean> = {
  kind: 'write',
  method: 'ConfigEntry.Delete',
  acl: configEntryRoutes.delete.acl,
  guard: {
    check: (authorizer, { kind, name }) => mayWriteEntry(authorizer, { Kind: kind, Name: name }),
  },
  isPrimarys: true,
  prepare: ({ kind: given, name }, { view }) => {
    const kind = requireKind(given);
    if (name === '') throw invalid('Must provide both a kind and name to delete');
    if (!configEntry(view, kind, name)) return { answer: false };
    checkChains(view, { kind, name, entry: undefined });
    return { command: entryRemove, payload: { kind, name } };
  },
};

/** Takes over entries of the primary datacenter; the leader of another one alone writes this. */
export const configEntryReplicate: WriteEndpoint<ReplicaChange<NewConfigEntry>, true> = {
  kind: 'write',
  method: 'ConfigEntry.Replicate',
  acl: configEntryRoutes.apply.acl,
  guard: 'internal',
  prepare: (payload) => ({ command: entriesReplicate, payload }),
};

/** What makes the entries here those of the primary datacenter; undefined where they are. */
export function missingEntries(
  primary: readonly ConfigEntry[],
  view: StateView,
): ReplicaChange<NewConfigEntry> | undefined {
  const idOf = ({ Kind, Name }: NewConfigEntry) => entryKey(Kind, Name);
  return replicaChange(primary, configEntriesOf(view, ''), idOf, contentsOf);
}

function contentsOf({
  CreateIndex: _c,
  ModifyIndex: _m,
  ...contents
}: ConfigEntry): NewConfigEntry {
  return contents as NewConfigEntry;
}

/** One entry. */
export const configEntryGet: ReadEndpoint<EntryName, ConfigEntry | null> = {
  kind: 'read',
  method: 'ConfigEntry.Get',
  acl: configEntryRoutes.get.acl,
  guard: {
    check: (authorizer, { kind, name }) => mayReadEntry(authorizer, { Kind: kind, Name: name }),
  },
  run: (view, { kind, name }) => configEntry(view, requireKind(kind), name) ?? null,
};

/** Entries of a kind; '' is all. */
export const configEntryList: ReadEndpoint<{ readonly kind: string }, readonly ConfigEntry[]> = {
  kind: 'read',
  method: 'ConfigEntry.List',
  acl: configEntryRoutes.list.acl,
  guard: {
    filter: (authorizer, entries) => entries.filter((entry) => mayReadEntry(authorizer, entry)),
  },
  run: (view, { kind }) => configEntriesOf(view, kind === '' ? '' : requireKind(kind)),
};

/** What holds for a service's instances and proxies by the central configuration. */
export const configResolve: ReadEndpoint<
  { readonly service: string; readonly upstreams: readonly string[] },
  ResolvedConfig
> = {
  kind: 'read',
  method: 'ConfigEntry.ResolveServiceConfig',
  acl: configEntryRoutes.get.acl,
  guard: { check: (authorizer, { service }) => authorizer.allows('service', 'read', service) },
  run: (view, { service, upstreams }) => resolveServiceConfig(view, service, upstreams),
};
