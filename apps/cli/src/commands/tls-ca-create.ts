import { boolFlag, CommandError, intFlag, listFlag, textFlag } from '@mesh/cli-kit';
import { createAgentCa } from '@mesh/x509';
import { attempt, defineCommand } from '../command.ts';
import { noArguments } from '../no-arguments.ts';
import { dayCount, dnsName } from '../tls/names.ts';
import { refuseExisting, writePair } from '../tls/new-file.ts';

const DAYS = 1825;

export const command = defineCommand({
  usage: 'consul tls ca create [options]',
  about: `Makes a CA for the agents of a cluster: DOMAIN-agent-ca.pem and its key, DOMAIN-agent-ca-key.pem, in the
current folder. Files that are there are never overwritten. Keep the key where no agent runs: whoever has it can make
servers.

    $ consul tls ca create
    ==> Saved consul-agent-ca.pem
    ==> Saved consul-agent-ca-key.pem`,
  flags: {
    'additional-name-constraint': listFlag(
      'With -name-constraint: a further domain that certificates may be for. May be given many times.',
    ),
    days: intFlag('Days that the CA is valid.', DAYS),
    domain: textFlag('Domain of the cluster.', 'consul'),
    'name-constraint': boolFlag(
      'Certificates of the CA count for names of -domain and localhost alone.',
    ),
  },
  async run({ flags, args, print }) {
    noArguments(args);
    const domain = dnsName('domain', flags.domain);
    const days = dayCount(flags.days);
    const permittedDomains = constraints(flags, domain);
    const files = { cert: `${domain}-agent-ca.pem`, key: `${domain}-agent-ca-key.pem` };
    refuseExisting(files);
    const made = createAgentCa({ nowMs: Date.now(), days, permittedDomains });
    writePair(files, await attempt('Error making the CA', made));
    print(`==> Saved ${files.cert}`);
    print(`==> Saved ${files.key}`);
    return 0;
  },
});

interface ConstraintFlags {
  readonly 'name-constraint': boolean;
  readonly 'additional-name-constraint': readonly string[];
}

function constraints(flags: ConstraintFlags, domain: string): readonly string[] {
  const more = flags['additional-name-constraint'];
  if (flags['name-constraint']) {
    return [
      ...more.map((name) => dnsName('additional-name-constraint', name)),
      domain,
      'localhost',
    ];
  }
  if (more.length === 0) return [];
  throw new CommandError('-additional-name-constraint has no effect without -name-constraint');
}
