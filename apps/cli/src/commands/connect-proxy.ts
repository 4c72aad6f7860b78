import { boolFlag, CommandError, listFlag, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { planProxy } from '../proxy-plan.ts';
import { runProxy } from '../proxy-run.ts';
import { showProxies } from '../proxy-status.ts';

export const command = defineApiCommand({
  usage: 'consul connect proxy [options]',
  about: `Runs a sidecar proxy: takes connections of other services' proxies over TLS, lets in
whom the intentions allow, and passes them on to the service; and takes plain
connections of the service to its upstreams.

    $ consul connect proxy -sidecar-for web
    $ consul connect proxy -service web -service-addr 127.0.0.1:80 -listen :8443
    $ consul connect proxy -service web -upstream db:8181

What the proxies of this user on this machine are doing, all or one of them:

    $ consul connect proxy -status
    $ consul connect proxy -status -sidecar-for web`,
  connection: 'server',
  flags: {
    listen: textFlag('Where to take connections of other proxies, HOST:PORT; with -service.'),
    'log-json': boolFlag('Write the log as JSON.'),
    'log-level': textFlag('Least level of the log: TRACE, DEBUG, INFO, WARN or ERROR.', 'INFO'),
    'metrics-addr': textFlag('Where Prometheus finds /metrics, HOST:PORT.'),
    'pprof-addr': textFlag(
      'Where profiles of the process can be taken, HOST:PORT: /debug/pprof/profile?seconds=N ' +
        "gives a CPU profile as Node's tools read it, /debug/pprof/heap the use of memory.",
    ),
    'proxy-id': textFlag('ID of the proxy in the agent, which has its configuration.'),
    register: boolFlag('Register the proxy in the agent while it runs; with -service and -listen.'),
    'register-id': textFlag('Put behind the ID of the registration, for several of one service.'),
    service: textFlag('Name of the service that the proxy stands for.'),
    'service-addr': textFlag('Where the service listens, HOST:PORT; with -service.'),
    'sidecar-for': textFlag('ID of the service whose sidecar this is.'),
    status: boolFlag(
      'Show connections, peers, bytes and the certificate of running proxies, and end.',
    ),
    upstream: listFlag('A service to connect to, NAME:PORT. May be given several times.'),
  },
  async run({ flags, args, print, api, io }) {
    if (args.length > 0) throw new CommandError(`Should have no non-flag arguments.`);
    const request = {
      proxyId: flags['proxy-id'] || (io.env['CONNECT_PROXY_ID'] ?? ''),
      sidecarFor: flags['sidecar-for'] || (io.env['CONNECT_SIDECAR_FOR'] ?? ''),
      service: flags.service,
      serviceAddress: flags['service-addr'],
      listen: flags.listen,
      upstreams: flags.upstream,
      register: flags.register,
      registerId: flags['register-id'],
    };
    if (flags.status) return await showProxies(request, io.env, print);
    print('==> Consul Connect proxy starting...');
    const client = api();
    const plan = await planProxy(client, request).catch((error: Error) => {
      throw new CommandError(`==> Error preparing configuration: ${error.message}`);
    });
    for (const line of plan.banner) print(line);
    print('\n==> Log data will now stream in as it occurs:\n');
    await runProxy(client, plan, {
      log: { level: flags['log-level'], json: flags['log-json'] },
      metricsAddress: flags['metrics-addr'],
      profileAddress: flags['pprof-addr'],
      env: io.env,
    });
    print('==> Consul Connect proxy shutdown');
    return 0;
  },
});
