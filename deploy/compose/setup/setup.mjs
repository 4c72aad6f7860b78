/**
 * Makes what the agents of the datacenter protect themselves with: a CA, whose key stays in a volume that nothing else
 * mounts, a certificate for each of them, and the key of gossip. What is there stays; certificates that end within
 * RENEW_DAYS are made anew (reload the agents then: `docker compose kill -s HUP server-1 ...`).
 *
 *   node setup.mjs CA_FOLDER SECRETS_FOLDER [--gossip-key=KEY]
 *
 * --gossip-key replaces the key that new agents start with: after a rotation with `consul keyring`.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const RENEW_DAYS = 30;
/** The user that the image runs programs as. */
const OWNER = { uid: 1000, gid: 1000 };
const DATACENTER = 'dc1';

const [ca, secrets, ...options] = process.argv.slice(2);
const newKey = options
  .find((option) => option.startsWith('--gossip-key='))
  ?.slice('--gossip-key='.length);

const consul = (cwd, ...args) => execFileSync('consul', args, { cwd, encoding: 'utf8' });

function write(path, text, mode) {
  writeFileSync(`${path}.new`, text, { mode });
  chmodSync(`${path}.new`, mode);
  if (process.getuid() === 0) chownSync(`${path}.new`, OWNER.uid, OWNER.gid);
  renameSync(`${path}.new`, path);
}

function makeCa() {
  if (existsSync(join(ca, 'consul-agent-ca-key.pem'))) return;
  consul(ca, 'tls', 'ca', 'create');
  chmodSync(join(ca, 'consul-agent-ca-key.pem'), 0o600);
  console.log('made a CA');
}

function gossipKey() {
  const file = join(ca, 'gossip.key');
  if (newKey !== undefined) {
    if (![16, 24, 32].includes(Buffer.from(newKey, 'base64').length)) {
      throw new Error('--gossip-key must be 16, 24 or 32 bytes in base64, as consul keygen prints');
    }
    write(file, newKey, 0o600);
  } else if (!existsSync(file)) {
    write(file, consul(ca, 'keygen').trim(), 0o600);
    console.log('made a gossip key');
  }
  return readFileSync(file, 'utf8');
}

function isFresh(folder, caPem) {
  const file = join(folder, 'cert.pem');
  if (!existsSync(file) || !existsSync(join(folder, 'key.pem'))) return false;
  const certificate = new X509Certificate(readFileSync(file));
  const endsMs = Date.parse(certificate.validTo);
  return (
    certificate.verify(new X509Certificate(caPem).publicKey) &&
    endsMs - Date.now() > RENEW_DAYS * 24 * 3600 * 1000
  );
}

/** By its name: servers prove that they are servers of the datacenter, all others are clients. */
function makeCertificate(name, folder) {
  const work = mkdtempSync(join(ca, 'work-'));
  const kind = name.startsWith('server') ? ['-server', `-node=${name}`] : ['-client'];
  consul(
    work,
    ...['tls', 'cert', 'create', ...kind, `-dc=${DATACENTER}`, `-additional-dnsname=${name}`],
    ...[`-ca=${join(ca, 'consul-agent-ca.pem')}`, `-key=${join(ca, 'consul-agent-ca-key.pem')}`],
  );
  const made = readdirSync(work);
  const key = made.find((file) => file.endsWith('-key.pem'));
  const certificate = made.find((file) => file.endsWith('.pem') && file !== key);
  write(join(folder, 'key.pem'), readFileSync(join(work, key)), 0o600);
  write(join(folder, 'cert.pem'), readFileSync(join(work, certificate)), 0o644);
  execFileSync('rm', ['-r', work]);
  console.log(`made a certificate for ${name}`);
}

makeCa();
const caPem = readFileSync(join(ca, 'consul-agent-ca.pem'));
const key = gossipKey();
for (const name of readdirSync(secrets)) {
  const folder = join(secrets, name);
  mkdirSync(folder, { recursive: true });
  if (process.getuid() === 0) chownSync(folder, OWNER.uid, OWNER.gid);
  chmodSync(folder, 0o700);
  if (!isFresh(folder, caPem)) makeCertificate(name, folder);
  write(join(folder, 'ca.pem'), caPem, 0o644);
  if (name.startsWith('server') || name.startsWith('agent')) {
    write(join(folder, 'gossip.hcl'), `encrypt = "${key}"\n`, 0o600);
  }
}
