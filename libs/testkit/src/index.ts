// Real agents in processes of their own.
export type { AgentOptions, Finished, HttpAnswer } from './agent-process.ts';
export { AgentProcess, freePorts, LAUNCHER, run, until } from './agent-process.ts';
// Browsers.
export type { AccessibilityFinding, Complaint, ScreenName } from './browser.ts';
export { accessibilityFindings, describeInBrowser, SCREENS, UiBrowser } from './browser.ts';
// Certificates in a folder.
export { CertificateFolder, NO_TLS, newAuthority } from './certificate-folder.ts';
// Resources in memory, without a server around them.
export type { AppliedEntry } from './direct-rpc.ts';
export { DirectRpc } from './direct-rpc.ts';
export type { DomainWorld } from './domain-world.ts';
export { domainWorld } from './domain-world.ts';
export type { Exchange, Saved } from './exchanges.ts';
export { answerOf, expectRecorded, readExchanges } from './exchanges.ts';
// Faults of real servers, and what their clients saw.
export { describeTimes, faultSetting, reportFaults, seededRandom } from './fault-settings.ts';
// Gossip with and without the original.
export type { GossipPeerOptions, QueryOutcome } from './gossip-peer.ts';
export { GossipPeer } from './gossip-peer.ts';
export type { HttpTarget } from './keep-alive-client.ts';
export { KeepAliveClient, RequestFailed } from './keep-alive-client.ts';
export type { KvOperation, KvRequest, PendingOperation } from './kv-history.ts';
export { KvHistory } from './kv-history.ts';
export type { KvLoadOptions, WriteGap } from './kv-load.ts';
export { KvLoad } from './kv-load.ts';
// Contract suites.
export { LogModel } from './log-model.ts';
export type { LogStorePlace } from './log-store-contract.ts';
export { describeLogStore, testEntry } from './log-store-contract.ts';
export { ManualTimers } from './manual-timers.ts';
// The mesh.
export type { Conversation, MeshPairOptions } from './mesh-pair.ts';
export { MeshPair } from './mesh-pair.ts';
export type { LabNetwork } from './network-lab.ts';
export { NetworkLab } from './network-lab.ts';
export type { SerfMemberRow, SerfProcessOptions } from './serf-process.ts';
export { SerfProcess } from './serf-process.ts';
// Durable servers in processes of their own.
export type { ClusterOptions, RaftPeer, StateDigest } from './server-cluster.ts';
export { digestOf, ServerCluster } from './server-cluster.ts';
export type { ServerOptions, ServerPorts } from './server-process.ts';
export { ServerProcess } from './server-process.ts';
export type { SidecarOptions } from './sidecar-process.ts';
export { SidecarProcess } from './sidecar-process.ts';
export { SmallDisk } from './small-disk.ts';
export type { SnapshotStorePlace } from './snapshot-store-contract.ts';
export {
  describeSnapshotStore,
  readSnapshot,
  testBytes,
  testPosition,
  writeSnapshot,
} from './snapshot-store-contract.ts';
export { callRoute } from './test-request.ts';
// Programs that tests need.
export { requireTool } from './tools.ts';
