import type { CheckServiceNode, PreparedQuery, PreparedQueryResult } from '@mesh/api-contract';
import { hasMeta } from '@mesh/catalog';
import { healthOf } from '@mesh/health';
import type { StateView } from '@mesh/state';
import { nameOf, preparedQueries } from './table.ts';
import { fillTemplate } from './template.ts';
import type { AskedBy } from './types.ts';

/** All queries, by id. */
export function allQueries(view: StateView): readonly PreparedQuery[] {
  return [...view.prefix(preparedQueries, '')];
}

/** A query by id. */
export function queryById(view: StateView, id: string): PreparedQuery | undefined {
  return view.get(preparedQueries, id.toLowerCase());
}

/**
 * The query that an id or name leads to: by id, else by its exact name, else by the template with the
 * longest prefix that the name begins with, filled in.
 */
export function resolveQuery(
  view: StateView,
  idOrName: string,
  askedBy: AskedBy,
): PreparedQuery | undefined {
  const byId = queryById(view, idOrName);
  if (byId) return byId;
  const name = nameOf(idOrName);
  const [byName] = view.getBy(preparedQueries, 'name', name);
  if (byName) return byName;
  for (let length = name.length; length >= 0; length--) {
    const [template] = view.getBy(preparedQueries, 'template', `=${name.slice(0, length)}`);
    if (template) return fillTemplate(template, idOrName, askedBy);
  }
  return undefined;
}

/** Runs a resolved query in this datacenter. */
export function runQuery(
  view: StateView,
  query: PreparedQuery,
  datacenter: string,
  connect: boolean,
): PreparedQueryResult {
  const { Service } = query;
  const required = (Service.Tags ?? []).filter((tag) => !tag.startsWith('!'));
  const instances = healthOf(
    view,
    {
      service: Service.Service,
      connect: connect || Service.Connect,
      tags: required,
      nodeMeta: Service.NodeMeta ?? {},
    },
    false,
  );
  const Nodes = instances.filter((instance) => isWanted(instance, query));
  return { Service: Service.Service, Nodes, DNS: query.DNS, Datacenter: datacenter, Failovers: 0 };
}

function isWanted({ Service, Checks }: CheckServiceNode, query: PreparedQuery): boolean {
  const { OnlyPassing, IgnoreCheckIDs, Tags, ServiceMeta } = query.Service;
  const ignored = new Set(IgnoreCheckIDs ?? []);
  const isHealthy = Checks.every(
    ({ CheckID, Status }) =>
      ignored.has(CheckID) || (OnlyPassing ? Status === 'passing' : Status !== 'critical'),
  );
  if (!isHealthy) return false;
  const own = new Set((Service.Tags ?? []).map((tag) => tag.toLowerCase()));
  const hasForbidden = (Tags ?? []).some(
    (tag) => tag.startsWith('!') && own.has(tag.slice(1).toLowerCase()),
  );
  return !hasForbidden && hasMeta(Service.Meta, ServiceMeta ?? {});
}
