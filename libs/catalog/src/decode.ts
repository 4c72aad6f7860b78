/** Request bodies of the catalog, and the entities in them, which transactions take as well. */
import type { DeregisterRequest } from '@mesh/api-contract';
import {
  anything,
  flag,
  list,
  mapOf,
  optional,
  record,
  refine,
  type Shape,
  text,
  whole,
} from '@mesh/base';
import type { LooseCheck, LooseRegister, LooseService } from './normalize.ts';
import type { NodeInput } from './types.ts';

/** Fields that answers have and requests may repeat. */
const echoed = {
  CreateIndex: anything,
  ModifyIndex: anything,
  Namespace: anything,
  RaftIndex: anything,
};
const strict = { unknown: 'refuse' } as const;

const port = record({ Address: text, Port: whole }, strict);

/** A service in the API's form, every field optional. */
export const looseService: Shape<LooseService> = record(
  {
    Kind: text,
    ID: text,
    Service: text,
    Tags: list(text),
    Address: text,
    TaggedAddresses: mapOf(port),
    Meta: mapOf(text),
    Port: whole,
    Weights: optional(record({ Passing: whole, Warning: whole }, strict)),
    EnableTagOverride: flag,
    Proxy: objectOrNothing(),
    Connect: objectOrNothing(),
    ContentHash: anything,
    LocallyRegisteredAsSidecar: anything,
    ...echoed,
  },
  strict,
);

/** A check in the API's form, every field optional. */
export const looseCheck: Shape<LooseCheck> = record(
  {
    Node: text,
    CheckID: text,
    Name: text,
    Status: text,
    Notes: text,
    Output: text,
    ServiceID: text,
    ServiceName: text,
    ServiceTags: list(text),
    Type: text,
    Definition: objectOrNothing(),
    ...echoed,
  },
  strict,
);

/** A node in the API's form, every field optional. */
export const looseNode: Shape<NodeInput> = refine(
  record(
    {
      ID: text,
      Node: text,
      Address: text,
      Datacenter: text,
      TaggedAddresses: mapOf(text),
      Meta: mapOf(text),
      ...echoed,
    },
    strict,
  ),
  ({ ID, Node, Address, Datacenter, TaggedAddresses, Meta }) => ({
    ID,
    Node,
    Address,
    Datacenter,
    TaggedAddresses: TaggedAddresses ?? null,
    Meta: Meta ?? null,
  }),
);

/** Body of PUT /v1/catalog/register. */
export const registerBody: Shape<LooseRegister> = refine(
  record(
    {
      Datacenter: text,
      ID: text,
      Node: text,
      Address: text,
      TaggedAddresses: mapOf(text),
      NodeMeta: mapOf(text),
      Service: optional(looseService),
      Check: optional(looseCheck),
      Checks: list(looseCheck),
      SkipNodeUpdate: flag,
      Token: anything,
      WriteRequest: anything,
      ...echoed,
    },
    strict,
  ),
  ({ Datacenter, ID, Node, Address, SkipNodeUpdate, ...rest }) => ({
    Datacenter,
    ID,
    Node,
    Address,
    TaggedAddresses: rest.TaggedAddresses ?? null,
    NodeMeta: rest.NodeMeta ?? null,
    Service: rest.Service ?? null,
    Checks: [...(rest.Checks ?? []), ...(rest.Check ? [rest.Check] : [])],
    SkipNodeUpdate,
  }),
);

/** Body of PUT /v1/catalog/deregister. */
export const deregisterBody: Shape<DeregisterRequest> = record({
  Datacenter: text,
  Node: text,
  ServiceID: text,
  CheckID: text,
});

/** An object of no further shape here; null and absent are undefined. */
function objectOrNothing(): Shape<Readonly<Record<string, unknown>> | undefined> {
  return mapOf(anything);
}
