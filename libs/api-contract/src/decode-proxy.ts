import { anything, flag, refine, type Shape, text, whole } from '@mesh/base';
import type { ProxyConfig } from './catalog-types.ts';
import {
  type DefinitionSource,
  definitionList,
  definitionMap,
  definitionRecord,
  type Spelling,
} from './definition-record.ts';

/** Leaves out what is unset, so that the block reads back as the API shows it. */
function withoutUnset(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== '' && value !== 0 && value !== false && value !== undefined,
    ),
  );
}

/** The `proxy` block of a registration with the API's names; what is unset is left out. */
export function proxyShape(source: DefinitionSource): Shape<ProxyConfig | undefined> {
  const spelling: Spelling = source === 'file' ? 'snake' : 'joined-and-snake';
  const options = { source, spelling };
  const freeMap = definitionMap(anything, source);
  const meshGateway = orEmpty(
    refine(definitionRecord({ Mode: text }, options), (raw) => withoutUnset(raw)),
  );
  const upstream = refine(
    definitionRecord(
      {
        DestinationType: text,
        DestinationNamespace: text,
        DestinationName: text,
        Datacenter: text,
        LocalBindAddress: text,
        LocalBindPort: whole,
        Config: freeMap,
        MeshGateway: meshGateway,
      },
      options,
    ),
    (raw) => ({
      ...withoutUnset({
        ...raw,
        DestinationType: raw.DestinationType || 'service',
        Config: unlessEmpty(raw.Config),
      }),
    }),
  );
  const exposePath = definitionRecord(
    { ListenerPort: whole, Path: text, LocalPathPort: whole, Protocol: text },
    options,
  );
  const expose = orEmpty(
    refine(
      definitionRecord({ Checks: flag, Paths: definitionList(exposePath, source) }, options),
      (raw) =>
        withoutUnset({ Checks: raw.Checks, Paths: raw.Paths.length > 0 ? raw.Paths : undefined }),
    ),
  );
  const proxy = definitionRecord(
    {
      DestinationServiceName: text,
      DestinationServiceID: text,
      LocalServiceAddress: text,
      LocalServicePort: whole,
      Config: freeMap,
      Upstreams: definitionList(upstream, source),
      MeshGateway: meshGateway,
      Expose: expose,
    },
    options,
  );
  return orUndefined(
    refine(proxy, (raw) =>
      withoutUnset({
        ...raw,
        Config: unlessEmpty(raw.Config),
        Upstreams: raw.Upstreams.length > 0 ? raw.Upstreams : undefined,
      }),
    ),
  );
}

function unlessEmpty<T extends object>(map: T): T | undefined {
  return Object.keys(map).length > 0 ? map : undefined;
}

function orEmpty(inner: Shape<Record<string, unknown>>): Shape<Record<string, unknown>> {
  return refine(orUndefined(inner), (value) => value ?? {});
}

/** T, or undefined where nothing stands. */
export function orUndefined<T>(inner: Shape<T>): Shape<T | undefined> {
  return {
    decode: (value, path) =>
      value === null || value === undefined ? undefined : inner.decode(value, path),
  };
}
