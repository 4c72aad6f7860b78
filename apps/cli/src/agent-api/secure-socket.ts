import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Endpoint, TlsMaterial, TlsSettings } from './endpoint.ts';

/** Opens a TLS connection to an endpoint. @throws Error naming the file that cannot be read */
export function openSecureSocket(endpoint: Endpoint, settings: TlsSettings): TLSSocket {
  const isName = !/^[\d.]+$|:/.test(endpoint.host);
  const serverName = settings.serverName || (isName ? endpoint.host : '');
  return connect({
    host: endpoint.host,
    port: endpoint.port,
    secureContext: contextOf(settings),
    ...(serverName === '' ? {} : { servername: serverName }),
    rejectUnauthorized: settings.verify,
  });
}

function contextOf(settings: TlsSettings): SecureContext {
  const material = readMaterial(settings);
  try {
    return createSecureContext(material);
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    const named = [settings.certFile, settings.keyFile, settings.caFile || settings.caPath];
    const files = named.filter((path) => path !== '').join(', ');
    throw new Error(`TLS: ${files} cannot be used: ${reason ?? message}`);
  }
}

function readMaterial(settings: TlsSettings): TlsMaterial {
  const material: { ca?: string[]; cert?: string; key?: string } = {};
  if (settings.caFile !== '') material.ca = [read('CA file', settings.caFile)];
  else if (settings.caPath !== '') material.ca = readFolder(settings.caPath);
  if ((settings.certFile === '') !== (settings.keyFile === '')) {
    throw new Error('a client certificate needs both -client-cert and -client-key');
  }
  if (settings.certFile !== '') {
    material.cert = read('client certificate', settings.certFile);
    material.key = read('client key', settings.keyFile);
  }
  return material;
}

function readFolder(path: string): string[] {
  let names: string[];
  try {
    names = readdirSync(path).sort();
  } catch (error) {
    throw new Error(`Error loading CA path: ${(error as Error).message}`);
  }
  return names.map((name) => read('CA file', join(path, name)));
}

function read(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`Error loading ${what}: ${(error as Error).message}`);
  }
}
