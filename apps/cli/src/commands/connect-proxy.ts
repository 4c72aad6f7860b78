import { boolFlag, CommandError, listFlag, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { type ProxyPlan, planProxy } from '../proxy-plan.ts';
import { runProxy } from '../proxy-run.ts';

export const command = defineApiCommand({
  usage: 'consul connect proxy [options]',
  about: `Runs a sidecar proxy: takes connections of other services' proxies over TLS, lets in
whom the intentions allow, and passes them on to the service; and takes plain
connections of the service to its upstreams.

    $ consul connect proxy -sidecar-for web
    $ consul connect proxy -service web -service-addr 127.0.0.1:80 -listen :8443
    $ consul connect proxy -service web -upstream db:8181`,
  connection: 'server',
  flags: {
    listen: textFlag('Where to take connections of other proxies, HOST:PORT; with -service.'),
    'log-json': boolFlag('Write the log as JSON.'),
    'log-level': textFlag('Least level of the log: TRACE, DEBUG, INFO, WARN or ERROR.', 'INFO'),
    'pprof-addr': textFlag('Serve profiles; not available in this build.'),
    'proxy-id': textFlag('ID of the proxy in the agent, which has its configuration.'),
    register: boolFlag('Register the proxy itself; not available in this build.'),
    'register-id': textFlag('ID suffix for -register.'),
    service: textFlag('Name of the service that the proxy stands for.'),
    'service-addr': textFlag('Where the service listens, HOST:PORT; with -service.'),
    'sidecar-for': textFlag('ID of the service whose sidecar this is.'),
    upstream: listFlag('A service to connect to, NAME:PORT. May be given several times.'),
  },
  async run({ flags, args, print, api, io }) {
    if (args.length > 0) throw new CommandError(`Should have no non-flag arguments.`);
    for (const name of ['register', 'register-id', 'pprof-addr'] as const) {
      if (flags[name]) throw new CommandError(`-${name} is not available in this build`);
    }
    print('==> Consul Connect proxy starting...');
    const client = api();
    let plan: ProxyPlan;
    try {
      plan = await planProxy(client, {
        proxyId: flags['proxy-id'],
        sidecarFor: flags['sidecar-for'],
        service: flags.service,
        serviceAddress: flags['service-addr'],
        listen: flags.listen,
        upstreams: flags.upstream,
      });
    } catch (error) {
      throw new CommandError(`==> Error preparing configuration: ${(error as Error).message}`);
    }
    for (const line of plan.banner) print(line);
    print('\n==> Log data will now stream in as it occurs:\n');
    const log = { level: flags['log-level'], json: flags['log-json'] };
    await runProxy(client, plan, log, io);
    print('==> Consul Connect proxy shutdown');
    return 0;
  },
});
