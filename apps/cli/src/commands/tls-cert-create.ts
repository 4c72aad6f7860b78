import { existsSync } from 'node:fs';
import { boolFlag, CommandError, intFlag, listFlag, textFlag } from '@mesh/cli-kit';
import { createAgentCertificate } from '@mesh/x509';
import { attempt, defineCommand, type Invocation, readFile } from '../command.ts';
import { noArguments } from '../no-arguments.ts';
import { dayCount, dnsLabel, dnsName, ipAddress } from '../tls/names.ts';
import { type PairFiles, writePair } from '../tls/new-file.ts';

const DAYS = 365;
/** Certificates of one kind in a folder. */
const NUMBER_MAX = 10_000;
const KINDS = ['server', 'client', 'cli'] as const;
const CHOOSE_ONE = 'Please provide either -server, -client, or -cli';
const SERVER_WARNING = `==> WARNING: Server Certificates grants authority to become a
    server and access all state in the cluster including root keys
    and all ACL tokens. Do not distribute them to production hosts
    that are not server nodes. Store them as securely as CA keys.`;

const flags = {
  'additional-dnsname': listFlag(
    'A further name of DNS to be valid for; localhost always is. May be given many times.',
  ),
  'additional-ipaddress': listFlag(
    'A further IP address to be valid for; 127.0.0.1 is, but for -cli. May be given many times.',
  ),
  ca: textFlag('File with the CA; #DOMAIN# stands for -domain.', '#DOMAIN#-agent-ca.pem'),
  cli: boolFlag('Makes a certificate for the command line and for browsers.'),
  client: boolFlag('Makes a certificate for a client agent.'),
  days: intFlag('Days that the certificate is valid.', DAYS),
  dc: textFlag('Datacenter of the agent.', 'dc1'),
  domain: textFlag('Domain of the cluster.', 'consul'),
  key: textFlag('File with the key of the CA.', '#DOMAIN#-agent-ca-key.pem'),
  node: textFlag('With -server: name of the node, to be valid for NODE.server.DC.DOMAIN too.'),
  server: boolFlag('Makes a certificate for a server: for server.DC.DOMAIN.'),
};

export const command = defineCommand({
  usage: 'consul tls cert create [options]',
  about: `Makes a certificate for an agent or for the command line, with a key of its own, signed by a CA of
"consul tls ca create": DC-KIND-DOMAIN-NUMBER.pem and DC-KIND-DOMAIN-NUMBER-key.pem in the current folder, with
the first number that is free.

    $ consul tls cert create -server
    $ consul tls cert create -client -dc east
    $ consul tls cert create -cli`,
  flags,
  async run({ flags: given, args, print }) {
    noArguments(args);
    const subject = subjectOf(given);
    const days = dayCount(given.days);
    if (given.server) print(SERVER_WARNING);
    const { domain } = subject;
    const [ca, key] = [given.ca, given.key].map((path) => path.replace('#DOMAIN#', domain));
    const issuer = {
      certPem: await attempt('Error reading CA', () => readFile(ca!).toString()),
      keyPem: await attempt('Error reading CA key', () => readFile(key!).toString()),
    };
    const made = createAgentCertificate({ issuer, days, nowMs: Date.now(), ...subject.names });
    const pair = await attempt('Error making the certificate', made);
    print(`==> Using ${ca} and ${key}`);
    const files = freeFiles(subject.prefix);
    writePair(files, pair);
    print(`==> Saved ${files.cert}`);
    print(`==> Saved ${files.key}`);
    return 0;
  },
});

/** Who the certificate is for. */
function subjectOf(given: Invocation<typeof flags>['flags']) {
  const chosen = KINDS.filter((one) => given[one]);
  const [kind] = chosen;
  if (kind === undefined || chosen.length > 1) throw new CommandError(CHOOSE_ONE);
  if (given.node !== '' && kind !== 'server') throw new CommandError('-node requires -server');
  const domain = dnsName('domain', given.domain);
  const dc = dnsLabel('dc', given.dc);
  const commonName = `${kind}.${dc}.${domain}`;
  const more = given['additional-dnsname'].map((name) => dnsName('additional-dnsname', name));
  const ofNode = given.node === '' ? [] : [`${dnsLabel('node', given.node)}.${commonName}`];
  const ips = given['additional-ipaddress'].map((ip) => ipAddress('additional-ipaddress', ip));
  return {
    domain,
    prefix: `${dc}-${kind}-${domain}`,
    names: {
      commonName,
      dnsNames: [...more, ...ofNode, commonName, 'localhost'],
      ipAddresses: kind === 'cli' ? ips : [...ips, '127.0.0.1'],
      usages: kind === 'cli' ? (['client'] as const) : (['server', 'client'] as const),
    },
  };
}

function freeFiles(prefix: string): PairFiles {
  for (let number = 0; number <= NUMBER_MAX; number++) {
    const files = { cert: `${prefix}-${number}.pem`, key: `${prefix}-${number}-key.pem` };
    if (!existsSync(files.cert) && !existsSync(files.key)) return files;
  }
  throw new CommandError(`there are too many files ${prefix}-NUMBER.pem in this folder`);
}
