import type { Table } from '@mesh/state';
import type { Command } from './command.ts';
import type { BoundCall, ReadEndpoint, WriteEndpoint } from './endpoint.ts';

/**
 * All that a resource adds to a server. One line in `server/src/resources.ts` registers it.
 */
export interface Resource {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed rows
  readonly tables: readonly Table<any>[];
  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed payloads
  readonly commands: readonly Command<any, any>[];
  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed arguments
  readonly endpoints: readonly (ReadEndpoint<any, any> | WriteEndpoint<any, any>)[];
  /** Calls of operators. @default none */
  readonly calls?: readonly BoundCall[];
}
