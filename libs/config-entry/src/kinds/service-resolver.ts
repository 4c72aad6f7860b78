import { flag, invalid, text } from '@mesh/base';
import type { ServiceResolver } from '../types.ts';
import type { KindRules } from './kind.ts';
import { duration, entry, named, namespace, part, texts } from './shapes.ts';

const target = { Service: text, ServiceSubset: text, Namespace: namespace };

/** service-resolver: subsets, redirects and failover. */
export const serviceResolver: KindRules = {
  shape: entry({
    ConnectTimeout: duration,
    DefaultSubset: text,
    Subsets: named(part({ Filter: text, OnlyPassing: flag })),
    Redirect: {
      decode: (value, path) =>
        value === null || value === undefined
          ? undefined
          : part({ ...target, Datacenter: text }).decode(value, path),
    },
    Failover: named(part({ ...target, Datacenters: texts })),
  }),
  check: (given) => {
    const { DefaultSubset = '', Subsets = {}, Redirect, Failover = {} } = given as ServiceResolver;
    const isSubset = (name: string) => name === '' || Object.hasOwn(Subsets, name);
    if (Object.hasOwn(Subsets, '')) throw invalid('Subset defined with empty name');
    if (!isSubset(DefaultSubset)) {
      throw invalid(`DefaultSubset "${DefaultSubset}" is not a valid subset`);
    }
    if (Redirect) checkRedirect(Redirect, given, isSubset);
    for (const [name, failover] of Object.entries(Failover)) {
      if (name !== '*' && !isSubset(name)) {
        throw invalid(`Bad Failover["${name}"]: not a valid subset`);
      }
      if (Object.keys(failover).length === 0) {
        throw invalid(
          `Bad Failover["${name}"] one of Service, ServiceSubset, Namespace, or Datacenters is required`,
        );
      }
      const isElsewhere = (failover.Service ?? given.Name) !== given.Name;
      if (!isElsewhere && !isSubset(failover.ServiceSubset ?? '')) {
        const subset = failover.ServiceSubset;
        throw invalid(
          `Bad Failover["${name}"].ServiceSubset "${subset}" is not a valid subset of "${given.Name}"`,
        );
      }
      if (failover.Datacenters?.includes('')) {
        throw invalid(`Bad Failover["${name}"].Datacenters: found empty datacenter`);
      }
    }
  },
};

type Redirect = NonNullable<ServiceResolver['Redirect']>;

function checkRedirect(
  redirect: Redirect,
  { Name }: { readonly Name: string },
  isSubset: (name: string) => boolean,
): void {
  const { Service = '', ServiceSubset = '', Datacenter = '' } = redirect;
  if (Service === '') {
    if (ServiceSubset !== '') {
      throw invalid('Redirect.ServiceSubset defined without Redirect.Service');
    }
    if (Datacenter === '') throw invalid('Redirect is empty');
  } else if (Service === Name && !isSubset(ServiceSubset)) {
    throw invalid(`Redirect.ServiceSubset "${ServiceSubset}" is not a valid subset of "${Name}"`);
  }
}
