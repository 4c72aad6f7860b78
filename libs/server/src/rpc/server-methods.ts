/** RPC methods that servers have besides those of the resources. */
export const SERVER_METHODS = {
  ping: 'Status.Ping',
  leader: 'Status.Leader',
  peers: 'Status.Peers',
  raftStats: 'Status.RaftStats',
  promise: 'Bootstrap.Promise',
  leave: 'Server.Leave',
} as const;
