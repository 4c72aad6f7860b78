import { flag, invalid, list, refine, type Shape, text, whole } from '@mesh/base';
import type { KindRules } from './kind.ts';
import { duration, entry, namespace, orElse, part, parts, texts } from './shapes.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'];

const header = part({
  ...{ Name: text, Present: flag, Exact: text, Prefix: text, Suffix: text, Regex: text },
  Invert: flag,
});
const parameter = part({ Name: text, Present: flag, Exact: text, Regex: text });
const http = part({
  ...{ PathExact: text, PathPrefix: text, PathRegex: text },
  Header: parts(header),
  QueryParam: parts(parameter),
  Methods: texts,
});
const destination = refine(
  part({
    RequestTimeout: duration,
    ...{ Service: text, ServiceSubset: text, Namespace: namespace, PrefixRewrite: text },
    NumRetries: whole,
    RetryOnConnectFailure: flag,
    RetryOnStatusCodes: refine(list(whole), (codes) => codes ?? []),
  }),
  // As the original shows it: behind the service's name.
  ({ RequestTimeout, Service, ServiceSubset, ...rest }) => ({
    ...(RequestTimeout === undefined ? {} : { RequestTimeout }),
    ...(Service === undefined ? {} : { Service }),
    ...(ServiceSubset === undefined ? {} : { ServiceSubset }),
    Namespace: 'default',
    ...rest,
  }),
);

type Http = ReturnType<typeof http.decode>;
type Route = {
  readonly Match?: { readonly HTTP?: Http };
  readonly Destination?: { readonly PrefixRewrite?: string };
};

const route = part({
  Match: orAbsent(part({ HTTP: orAbsent(http) })),
  Destination: orAbsent(destination),
});

/** service-router: requests of HTTP by path, header, parameter and method. */
export const serviceRouter: KindRules = {
  shape: entry({ Routes: parts(route) }),
  check: ({ Routes }) => {
    for (const [at, one] of (Routes as readonly Route[]).entries()) checkRoute(`Route[${at}]`, one);
  },
};

function checkRoute(at: string, { Match, Destination }: Route): void {
  const http = Match?.HTTP ?? {};
  const { PathExact, PathPrefix, PathRegex, Header = [], QueryParam = [], Methods = [] } = http;
  if ([PathExact, PathPrefix, PathRegex].filter((path) => path !== undefined).length > 1) {
    throw invalid(`${at} should only contain at most one of PathExact, PathPrefix, or PathRegex`);
  }
  for (const [name, path] of Object.entries({ PathExact, PathPrefix })) {
    if (path !== undefined && !path.startsWith('/')) {
      throw invalid(`${at} ${name} doesn't start with '/': "${path}"`);
    }
  }
  for (const [index, one] of Header.entries()) {
    checkOne(`${at} Header[${index}]`, one, ['Present', 'Exact', 'Prefix', 'Suffix', 'Regex']);
  }
  for (const [index, one] of QueryParam.entries()) {
    checkOne(`${at} QueryParam[${index}]`, one, ['Present', 'Exact', 'Regex']);
  }
  for (const [index, method] of Methods.entries()) {
    if (!METHODS.includes(method)) {
      throw invalid(`${at} Methods contains an invalid method "${method}"`);
    }
    if (Methods.indexOf(method) !== index) {
      throw invalid(`${at} Methods contains "${method}" more than once`);
    }
  }
  const isByPath = PathExact !== undefined || PathPrefix !== undefined;
  if (Destination?.PrefixRewrite !== undefined && !isByPath) {
    throw invalid(
      `${at} cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix`,
    );
  }
}

/** A condition has a name, and says one thing of it. */
function checkOne(
  at: string,
  condition: Readonly<Record<string, unknown>> & { readonly Name?: string },
  ways: readonly string[],
): void {
  if (condition.Name === undefined) throw invalid(`${at} missing required Name field`);
  if (ways.filter((way) => condition[way] !== undefined).length !== 1) {
    throw invalid(`${at} should contain one of ${ways.join(', ')}`);
  }
}

function orAbsent<T>(inner: Shape<T>): Shape<T | undefined> {
  return orElse<T | undefined>(inner, undefined);
}
