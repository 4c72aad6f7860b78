import type {
  AutopilotSettings,
  Coordinate,
  DeregisterRequest,
  PreparedQuery,
  PreparedQueryService,
  RaftIndex,
  RegisterRequest,
} from '@mesh/api-contract';
import type { LooseCheck, LooseService } from '@mesh/catalog';
import type { ApplyEntry, EntryName } from '@mesh/config-entry';
import type { StoreAuthority, StoreForeign } from '@mesh/connect-ca';
import type { NodeCoordinate } from '@mesh/coordinate';
import type { IntentionPair, IntentionRequest } from '@mesh/intentions';
import type { KvOperation } from '@mesh/kv';
import type { SetAutopilot } from '@mesh/operator';
import type { ReplicaChange } from '@mesh/resource';
import type { SessionRequest } from '@mesh/session';
import type { TxnOperation } from '@mesh/txn';
import {
  type Fits,
  isBytes,
  isCount,
  isFlag,
  isFlags,
  isList,
  isLoose,
  isMap,
  isNumber,
  isObject,
  isRecord,
  isText,
  isVariant,
  orNull,
} from './fits.ts';

type Kind<U, K extends string, V> = Extract<U, { readonly [P in K]: V }>;
type QueryRequest = Omit<PreparedQuery, keyof RaftIndex>;
const isTexts = isList(isText);
const isTextMap = isMap(isText);

const service = isRecord<Required<LooseService>>({
  Kind: isLoose(isText),
  ID: isLoose(isText),
  Service: isLoose(isText),
  Tags: isLoose(isTexts),
  Address: isLoose(isText),
  TaggedAddresses: isLoose(isMap(isRecord<object>({ Address: isText, Port: isCount }))),
  Meta: isLoose(isTextMap),
  Port: isLoose(isNumber),
  Weights: isLoose(isRecord<object>({ Passing: isNumber, Warning: isNumber })),
  EnableTagOverride: isLoose(isFlag),
  Proxy: isLoose(isObject),
  Connect: isLoose(isObject),
});

const check = isRecord<Required<LooseCheck>>({
  Node: isLoose(isText),
  CheckID: isLoose(isText),
  Name: isLoose(isText),
  Status: isLoose(isText),
  Notes: isLoose(isText),
  Output: isLoose(isText),
  ServiceID: isLoose(isText),
  ServiceName: isLoose(isText),
  ServiceTags: isLoose(isTexts),
  Type: isLoose(isText),
  Definition: isLoose(isObject),
});

const register = isRecord<RegisterRequest>({
  Datacenter: isText,
  ID: isText,
  Node: isText,
  Address: isText,
  TaggedAddresses: orNull(isTextMap),
  NodeMeta: orNull(isTextMap),
  Service: orNull(service),
  Checks: isList(check),
  SkipNodeUpdate: isFlag,
});

const deregister = isRecord<DeregisterRequest>({
  Datacenter: isText,
  Node: isText,
  ServiceID: isText,
  CheckID: isText,
});

const coordinate = isRecord<NodeCoordinate>({
  Node: isText,
  Segment: isText,
  Coord: isRecord<Coordinate>({
    Vec: isList(isNumber),
    Error: isNumber,
    Adjustment: isNumber,
    Height: isNumber,
  }),
});

const session = isRecord<SessionRequest>({
  name: isText,
  node: isText,
  lockDelayNs: isCount,
  behavior: isText,
  ttl: isText,
  nodeChecks: isTexts,
  serviceChecks: orNull(isList(isRecord<object>({ ID: isText, Namespace: isText }))),
});

const written = { key: isText, value: isBytes, flags: isFlags };
const keyValue = isVariant('op', {
  set: isRecord<Kind<KvOperation, 'op', 'set'>>({ op: isText, ...written }),
  cas: isRecord<Kind<KvOperation, 'op', 'cas'>>({ op: isText, ...written, index: isCount }),
  lock: isRecord<Kind<KvOperation, 'op', 'lock'>>({ op: isText, ...written, session: isText }),
  unlock: isRecord<Kind<KvOperation, 'op', 'unlock'>>({ op: isText, ...written, session: isText }),
  delete: isRecord<Kind<KvOperation, 'op', 'delete'>>({ op: isText, key: isText }),
  'delete-cas': isRecord<Kind<KvOperation, 'op', 'delete-cas'>>({
    op: isText,
    key: isText,
    index: isCount,
  }),
  'delete-tree': isRecord<Kind<KvOperation, 'op', 'delete-tree'>>({ op: isText, key: isText }),
});

const operation = { kind: isText, verb: isText, index: isCount };
const transaction = isRecord<{ readonly operations: unknown }>({
  operations: isList(
    isVariant('kind', {
      kv: isRecord<Kind<TxnOperation, 'kind', 'kv'>>({ ...operation, ...written, session: isText }),
      node: isRecord<Kind<TxnOperation, 'kind', 'node'>>({
        ...operation,
        node: isRecord<Kind<TxnOperation, 'kind', 'node'>['node']>({
          ID: isText,
          Node: isText,
          Address: isText,
          Datacenter: isText,
          TaggedAddresses: orNull(isTextMap),
          Meta: orNull(isTextMap),
        }),
      }),
      service: isRecord<Kind<TxnOperation, 'kind', 'service'>>({
        ...operation,
        node: isText,
        service,
      }),
      check: isRecord<Kind<TxnOperation, 'kind', 'check'>>({ ...operation, check }),
    }),
  ),
});

const preparedQuery = isRecord<QueryRequest>({
  ID: isText,
  Name: isText,
  Session: isText,
  Token: isText,
  Template: isRecord<QueryRequest['Template']>({
    Type: isText,
    Regexp: isText,
    RemoveEmptyTags: isFlag,
  }),
  Service: isRecord<PreparedQueryService>({
    Service: isText,
    Failover: isRecord<PreparedQueryService['Failover']>({
      NearestN: isNumber,
      Datacenters: orNull(isTexts),
    }),
    OnlyPassing: isFlag,
    IgnoreCheckIDs: orNull(isTexts),
    Near: isText,
    Tags: orNull(isTexts),
    NodeMeta: orNull(isTextMap),
    ServiceMeta: orNull(isTextMap),
    Connect: isFlag,
  }),
  DNS: isRecord<QueryRequest['DNS']>({ TTL: isText }),
});

const autopilot = isRecord<SetAutopilot>({
  settings: isRecord<AutopilotSettings>({
    CleanupDeadServers: isFlag,
    LastContactThreshold: isText,
    MaxTrailingLogs: isCount,
    MinQuorum: isCount,
    ServerStabilizationTime: isText,
    RedundancyZoneTag: isText,
    DisableUpgradeMigration: isFlag,
    UpgradeVersionTag: isText,
  }),
  cas: orNull(isCount),
});

const intention = isRecord<IntentionRequest>({
  ID: isText,
  Description: isText,
  SourceNS: isText,
  SourceName: isText,
  DestinationNS: isText,
  DestinationName: isText,
  SourceType: isText,
  Action: isText,
  DefaultAddr: isText,
  DefaultPort: isCount,
  Meta: isTextMap,
});

const intentionPair = isRecord<IntentionPair>({ source: isText, destination: isText });

const byId = isRecord<{ readonly id: string }>({ id: isText });

/**
 * Form of the arguments of every write that other agents may send. What is written stays, on every
 * server, so it must not depend on the goodwill of the sender.
 */
export const WRITE_ARGUMENTS: Readonly<Record<string, Fits>> = {
  'Catalog.Register': register,
  'Catalog.Deregister': deregister,
  'Coordinate.Update': coordinate,
  'Coordinate.BatchUpdate': isList(coordinate),
  'ConfigEntry.Apply': isRecord<ApplyEntry>({ entry: isObject, cas: orNull(isCount) }),
  'ConfigEntry.Replicate': isRecord<ReplicaChange<object>>({
    set: isList(isObject),
    remove: isTexts,
  }),
  'ConfigEntry.Delete': isRecord<EntryName>({ kind: isText, name: isText }),
  'ConnectCA.RemoveRoot': byId,
  'ConnectCA.Store': isRecord<StoreAuthority>({
    configuration: isObject,
    root: orNull(isObject),
    expectedIndex: isCount,
  }),
  'ConnectCA.StoreForeign': isRecord<StoreForeign>({
    configuration: isObject,
    roots: isList(isObject),
    expectedIndex: isCount,
  }),
  'Intention.Create': intention,
  'Intention.Delete': byId,
  'Intention.DeletePair': intentionPair,
  'Intention.Replicate': isRecord<ReplicaChange<object>>({
    set: isList(isObject),
    remove: isTexts,
  }),
  'Intention.Update': intention,
  'Intention.Upsert': intention,
  'KVS.Apply': keyValue,
  'Operator.AutopilotSetConfiguration': autopilot,
  'PreparedQuery.Create': preparedQuery,
  'PreparedQuery.Update': preparedQuery,
  'PreparedQuery.Delete': byId,
  'Session.Create': session,
  'Session.Destroy': byId,
  'Session.Renew': byId,
  'State.ReapTombstones': isRecord<{ readonly index: number }>({ index: isCount }),
  'Txn.Apply': transaction,
};
