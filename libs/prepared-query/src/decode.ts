import { flag, list, mapOf, optional, record, refine, text, whole } from '@mesh/base';
import type { QueryRequest } from './types.ts';

const orNull = <T>(value: T | undefined): T | null => value ?? null;
const template = record({ Type: text, Regexp: text, RemoveEmptyTags: flag });
const failover = record({ NearestN: whole, Datacenters: refine(list(text), orNull) });
const dns = record({ TTL: text });

const service = record({
  Service: text,
  Failover: refine(optional(failover), (value) => value ?? { NearestN: 0, Datacenters: null }),
  OnlyPassing: flag,
  IgnoreCheckIDs: refine(list(text), orNull),
  Near: text,
  Tags: refine(list(text), orNull),
  NodeMeta: refine(mapOf(text), orNull),
  ServiceMeta: refine(mapOf(text), orNull),
  Connect: flag,
});
const NO_SERVICE = service.decode({}, '');

/** The body of a query to be stored, every field in the API's order. */
export const queryBody = refine(
  record({
    ID: text,
    Name: text,
    Session: text,
    Token: text,
    Template: optional(template),
    Service: optional(service),
    DNS: optional(dns),
  }),
  (value): QueryRequest => ({
    ...value,
    Template: value.Template ?? { Type: '', Regexp: '', RemoveEmptyTags: false },
    Service: value.Service ?? NO_SERVICE,
    DNS: value.DNS ?? { TTL: '' },
  }),
);
