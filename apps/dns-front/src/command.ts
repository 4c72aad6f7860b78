import { boolFlag, CommandError, durationFlag, intFlag, listFlag, textFlag } from '@mesh/cli-kit';
import { clientFlags } from '../../cli/src/agent-api/api-flags.ts';
import { defineCommand } from '../../cli/src/command.ts';
import { agentAccess } from './agent-access.ts';
import { frontPlan } from './front-plan.ts';
import { runFront } from './front-run.ts';

const { 'http-addr': _one, ...access } = clientFlags;

const HOUR_MS = 3_600_000;

export const command = defineCommand({
  usage: 'dns-front [options]',
  about: `Answers DNS for the domain of a datacenter, out of a view of the catalog that is kept
current through any of the given agents, and passes all other questions on to recursors.

    $ dns-front -http-addr=10.0.0.1:8500 -http-addr=10.0.0.2:8500 -recursor=10.0.0.53

When an agent is lost the next one takes over; when all are, what was known is told for
-max-stale, and SERVFAIL after that. SIGHUP reads certificates and token files anew.`,
  flags: {
    ...access,
    'a-record-limit': intFlag('Most address answers of a service, 0 for all.', 0),
    'alt-domain': textFlag('A second domain with the same names.'),
    bind: textFlag('Address to listen on.', '127.0.0.1'),
    datacenter: textFlag("Datacenter of names without one; without it, the agents' own."),
    domain: textFlag('Domain to answer for.', 'consul.'),
    'enable-truncate': boolFlag('Set the TC flag when answers were left out.'),
    'health-addr': textFlag(
      'Where GET /health says whether questions can be answered, HOST:PORT: 200 or 503.',
    ),
    'http-addr': listFlag(
      'An agent: HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix://PATH. May be given several ' +
        'times. Also: CONSUL_HTTP_ADDR in the environment, with commas between. The default is 127.0.0.1:8500.',
    ),
    'log-json': boolFlag('Write the log as JSON.'),
    'log-level': textFlag('Least level of the log: TRACE, DEBUG, INFO, WARN or ERROR.', 'INFO'),
    'max-stale': durationFlag(
      'How long what was last known is told when no agent confirms it.',
      87_600 * HOUR_MS,
    ),
    'node-ttl': durationFlag('TTL of answers about nodes.'),
    'only-passing': boolFlag('Leave out instances with warnings too.'),
    port: intFlag('Port to listen on, UDP and TCP.', 8600),
    recursor: listFlag(
      'DNS server for all other names, HOST or HOST:PORT. May be given several times.',
    ),
    'recursor-timeout': durationFlag('Longest wait for a recursor.', 2000),
    'require-leader': boolFlag("Ask the leader for answers; without it any server's will do."),
    'service-ttl': listFlag(
      'TTL of answers about a service, NAME=DURATION; NAME may be * or end with it. May be given several times.',
    ),
    'udp-answer-limit': intFlag('Most answers to a client limited to 512 bytes.', 3),
  },
  async run({ flags, args, io }) {
    if (args.length > 0) throw new CommandError('Should have no non-flag arguments.');
    try {
      return await runFront(frontPlan(flags, io.env), () => agentAccess(flags, io.env));
    } catch (error) {
      throw new CommandError((error as Error).message);
    }
  },
});
