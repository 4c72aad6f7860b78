import type { PreparedQuery } from '@mesh/api-contract';
import { defineTable } from '@mesh/state';

/** Queries by id; also by name (templates apart) and by the session that they end with. */
export const preparedQueries = defineTable<PreparedQuery>({
  name: 'prepared-queries',
  id: (query) => query.ID,
  indexes: {
    name: (query) => (isTemplate(query) || query.Name === '' ? undefined : nameOf(query.Name)),
    // Told apart by a first character: the empty prefix, which fits every name, is a key too.
    template: (query) => (isTemplate(query) ? `=${nameOf(query.Name)}` : undefined),
    session: (query) => query.Session || undefined,
  },
});

export function isTemplate(query: Pick<PreparedQuery, 'Template'>): boolean {
  return query.Template.Type !== '';
}

/** Names know no case: DNS asks for them. */
export function nameOf(name: string): string {
  return name.toLowerCase();
}
