import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsConfig } from '@mesh/config';
import { createAgentCa, createAgentCertificate, type Issued } from '@mesh/x509';

/** A configuration that says nothing of TLS. */
export const NO_TLS: TlsConfig = {
  ...{ caFile: '', caPath: '', certFile: '', keyFile: '', serverName: '' },
  ...{ verifyIncomingRpc: false, verifyIncomingHttps: false, verifyOutgoing: false },
  ...{ verifyServerHostname: false, minVersion: 'tls12', cipherSuites: [] },
  ...{ preferServerCipherSuites: false, agentTlsForChecks: false },
};

/** A folder with a CA in ca.pem and the certificate of a server in agent.pem, agent-key.pem. */
export class CertificateFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'mesh-tls-'));
  readonly ca: Issued;

  private constructor(ca: Issued) {
    this.ca = ca;
  }

  static async create(): Promise<CertificateFolder> {
    const ca = await newAuthority();
    const folder = new CertificateFolder(ca);
    folder.write('ca.pem', ca.certPem);
    const { certPem, keyPem } = await folder.issue('server.dc1.consul');
    folder.write('agent.pem', certPem);
    folder.write('agent-key.pem', keyPem);
    return folder;
  }

  /** A certificate for a name, of the folder's CA or another. */
  issue(commonName: string, issuer: Issued = this.ca): Promise<Issued> {
    return createAgentCertificate({
      ...{ issuer, commonName, dnsNames: [commonName], ipAddresses: [] },
      ...{ nowMs: Date.now(), days: 1, usages: ['server', 'client'] },
    });
  }

  /** Path of a file in the folder. */
  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text);
  }

  /** The configuration that names the folder's files. */
  config(more: Partial<TlsConfig> = {}): TlsConfig {
    const [caFile, certFile, keyFile] = ['ca.pem', 'agent.pem', 'agent-key.pem'].map((name) =>
      this.file(name),
    );
    return { ...NO_TLS, caFile: caFile!, certFile: certFile!, keyFile: keyFile!, ...more };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A CA besides that of a folder. */
export function newAuthority(): Promise<Issued> {
  return createAgentCa({ nowMs: Date.now(), days: 1, permittedDomains: [] });
}
