/**
 * Decoders of service and check definitions from untrusted JSON or HCL values. Over the API joined
 * and snake_case names are accepted alike; in files services take snake_case alone and checks both,
 * as the original does. Unknown keys are refused everywhere.
 */
import { flag, list, refine, type Shape, text, whole } from '@mesh/base';
import { CHECK_SHAPES } from './decode-check.ts';
import { orUndefined, proxyShape } from './decode-proxy.ts';
import {
  type DefinitionSource,
  definitionList,
  definitionMap,
  definitionRecord,
  type Spelling,
} from './definition-record.ts';
import type { CheckDefinition, ServiceDefinition } from './definitions.ts';

export interface DecodeOptions {
  readonly source: DefinitionSource;
}

/**
 * One check definition. Types alone are checked here; `validateCheckDefinition` checks the meaning.
 * @param path place in the input for messages, "" for a request body
 * @throws MeshError `invalid-argument`: wrong type, bad duration or status, unknown key, old
 *   `script`
 */
export function decodeCheckDefinition(
  value: unknown,
  path: string,
  options: DecodeOptions,
): CheckDefinition {
  return CHECK_SHAPES[options.source].decode(value, path);
}

/**
 * One service definition: `check` and `checks` become one list, an absent id is the name. Under
 * `connect`, `SidecarService` is itself a decoded ServiceDefinition (its id and name stay "" unless
 * given).
 * @param path place in the input for messages, "" for a request body
 * @throws MeshError `invalid-argument`: wrong type, unknown key
 */
export function decodeServiceDefinition(
  value: unknown,
  path: string,
  options: DecodeOptions,
): ServiceDefinition {
  return SERVICE_SHAPES[options.source].decode(value, path);
}

function serviceFields(source: DefinitionSource, spelling: Spelling) {
  const options = { source, spelling };
  // Go leaves an absent weight at 0 over the API; files default each to 1.
  const weight = refine(orUndefined(whole), (value) => value ?? (source === 'file' ? 1 : 0));
  const serviceAddress = definitionRecord({ Address: text, Port: whole }, options);
  return {
    Kind: text,
    ID: text,
    Name: text,
    Tags: refine(list(text), (value) => value ?? []),
    Address: text,
    Port: whole,
    TaggedAddresses: definitionMap(serviceAddress, source),
    Meta: definitionMap(text, source),
    Token: text,
    EnableTagOverride: flag,
    Weights: orUndefined(definitionRecord({ Passing: weight, Warning: weight }, options)),
    Check: orUndefined(CHECK_SHAPES[source]),
    Checks: definitionList(CHECK_SHAPES[source], source),
    Proxy: proxyShape(source),
  };
}

type RawService = {
  [K in keyof ReturnType<typeof serviceFields>]: ReturnType<typeof serviceFields>[K] extends Shape<
    infer T
  >
    ? T
    : never;
};

function serviceShape(source: DefinitionSource): Shape<ServiceDefinition> {
  const spelling: Spelling = source === 'file' ? 'snake' : 'joined-and-snake';
  const options = { source, spelling };
  const fields = serviceFields(source, spelling);
  // A sidecar's own definition cannot hold another sidecar.
  const sidecar = refine(definitionRecord(fields, options), (raw) => toService(raw, undefined));
  const connect = definitionRecord({ Native: flag, SidecarService: orUndefined(sidecar) }, options);
  const service = definitionRecord({ ...fields, Connect: orUndefined(connect) }, options);
  return refine(service, (raw) => {
    const definition = toService(raw, raw.Connect && withoutUnset(raw.Connect));
    return definition.id === '' ? { ...definition, id: definition.name } : definition;
  });
}

function toService(
  raw: RawService,
  connect: Readonly<Record<string, unknown>> | undefined,
): ServiceDefinition {
  return {
    kind: raw.Kind,
    id: raw.ID,
    name: raw.Name,
    tags: raw.Tags,
    address: raw.Address,
    port: raw.Port,
    taggedAddresses: raw.TaggedAddresses,
    meta: raw.Meta,
    token: raw.Token,
    enableTagOverride: raw.EnableTagOverride,
    weights: raw.Weights,
    checks: raw.Check === undefined ? raw.Checks : [raw.Check, ...raw.Checks],
    connect,
    proxy: raw.Proxy,
  };
}

function withoutUnset(connect: {
  readonly Native: boolean;
  readonly SidecarService: ServiceDefinition | undefined;
}): Readonly<Record<string, unknown>> {
  return {
    ...(connect.Native ? { Native: true } : {}),
    ...(connect.SidecarService ? { SidecarService: connect.SidecarService } : {}),
  };
}

const SERVICE_SHAPES: Readonly<Record<DefinitionSource, Shape<ServiceDefinition>>> = {
  api: serviceShape('api'),
  file: serviceShape('file'),
};
