import { defineTable } from '@mesh/state';
import type { StoredConfiguration, StoredRoot } from './types.ts';

/** The one configuration. */
export const caConfigurations = defineTable<StoredConfiguration>({
  name: 'connect-ca-configuration',
  id: ({ id }) => id,
  indexes: {},
});

/** Authorities by id, keys included: never to be sent anywhere but to other servers. */
export const caRoots = defineTable<StoredRoot>({
  name: 'connect-ca-roots',
  id: ({ ID }) => ID,
  indexes: {},
});
