import { isIP } from 'node:net';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { assert, invalid } from '@mesh/base';
import type { TlsConfig } from '@mesh/config';
import { readMaterial, type TlsMaterial } from './tls-material.ts';

/** Who this agent is, and how it knows whom it calls. */
export interface RpcIdentity {
  readonly nodeName: string;
  readonly datacenter: string;
  /** Domain of DNS; a final dot does not count. */
  readonly domain: string;
  /** Datacenter of the server at an address (host:port); undefined where it is not known. */
  readonly datacenterOf: (address: string) => string | undefined;
}

/** What an RPC port accepts with. */
export interface IncomingRpcTls {
  /** Only TLS, and only with a certificate of the authorities. */
  readonly verify: boolean;
  /** Name that the certificate of a server must carry which speaks Raft; undefined takes any. */
  readonly raftName: string | undefined;
  /** The same object until a reload; undefined where this agent has no certificate: only plain is taken. */
  context(): SecureContextOptions | undefined;
}

/** What calls are made with: the certificate of a server must come from the authorities. */
export interface OutgoingRpcTls {
  /** The name must stand in the certificate; else it is only told. */
  readonly verifyName: boolean;
  /** The same object until a reload. */
  context(): SecureContext;
  /** Name of the server at an address (host:port). */
  nameOf(address: string): string;
}

/** Certificates and rules of TLS for RPC, as server and as client. */
export class RpcCredentials {
  private readonly config: TlsConfig;
  private readonly identity: RpcIdentity;
  private material: TlsMaterial;

  /** @throws MeshError `invalid-argument` naming key and file */
  constructor(config: TlsConfig, identity: RpcIdentity) {
    this.config = config;
    this.identity = identity;
    this.material = readMaterial(config);
    refuseLack(config, this.material);
  }

  /** Where there is a certificate, and no `verify`, both TLS and plain are taken. */
  get incoming(): IncomingRpcTls {
    const { verifyIncomingRpc, verifyServerHostname } = this.config;
    const isNamed = verifyIncomingRpc && verifyServerHostname;
    return {
      verify: verifyIncomingRpc,
      raftName: isNamed ? this.serverName(this.identity.datacenter) : undefined,
      context: () => (this.material.hasPair ? this.material.options : undefined),
    };
  }

  /** Undefined without verify_outgoing: calls are plain. */
  get outgoing(): OutgoingRpcTls | undefined {
    const { verifyOutgoing, verifyServerHostname: verifyName } = this.config;
    if (!verifyOutgoing) return undefined;
    const told = this.config.serverName || this.identity.nodeName;
    const { datacenter, datacenterOf } = this.identity;
    return {
      verifyName,
      context: () => {
        const { context } = this.material;
        assert(context !== undefined, 'verify_outgoing was refused without a CA');
        return context;
      },
      nameOf: (address) => {
        // An IP address may not stand where TLS names a server (RFC 6066 section 3).
        if (!verifyName && isIP(told) === 0) return told;
        return this.serverName(datacenterOf(address) ?? datacenter);
      },
    };
  }

  /**
   * Reads the files again, and those that the new configuration names; what it returns puts them to
   * use. What is verified stays.
   *
   * @throws MeshError `invalid-argument` naming key and file
   */
  prepare(config: TlsConfig): () => void {
    const material = readMaterial(config);
    refuseLack(this.config, material);
    return () => {
      this.material = material;
    };
  }

  /** The name in the certificates of servers. */
  private serverName(datacenter: string): string {
    return `server.${datacenter}.${this.identity.domain.replace(/\.$/, '')}`;
  }
}

/** What is verified stays until the next start: the files must do for it. */
function refuseLack(rules: TlsConfig, material: TlsMaterial): void {
  if (rules.verifyIncomingRpc && !material.hasPair) {
    throw invalid('verify_incoming: this agent has no certificate: set cert_file and key_file');
  }
  if ((rules.verifyIncomingRpc || rules.verifyOutgoing) && !material.hasAuthorities) {
    throw invalid('verify_incoming, verify_outgoing: there is no CA: set ca_file or ca_path');
  }
}
