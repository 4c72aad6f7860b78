/** Where a member listens for gossip, UDP and TCP alike. */
export interface GossipAddress {
  /**
   * An IP address in its shortest text form (RFC 5952 for IPv6), never a name, and never an IPv4
   * address in IPv6 form: equal addresses are equal texts.
   */
  readonly host: string;
  readonly port: number;
}
