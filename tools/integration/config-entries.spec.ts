/** Central configuration: written by people, found again in the registrations of proxies. */
import { AgentProcess, until } from '@mesh/testkit';

interface Shown {
  readonly Proxy: {
    readonly Config?: Readonly<Record<string, unknown>>;
    readonly Upstreams?: readonly { readonly Config?: Readonly<Record<string, unknown>> }[];
    readonly MeshGateway: object;
  };
  readonly ContentHash: string;
}

describe('central configuration', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    const upstreams = [{ destination_name: 'db', local_bind_port: 9191 }];
    const proxy = { upstreams, config: { handshake_timeout_ms: 700 } };
    agent = await AgentProcess.start({
      hcl: 'enable_central_service_config = true',
      files: {
        'etc/bootstrap.json': {
          config_entries: {
            bootstrap: [{ kind: 'service-defaults', name: 'db', protocol: 'grpc' }],
          },
        },
        'etc/web.json': {
          service: { name: 'web', port: 80, connect: { sidecar_service: { proxy } } },
        },
        'global.hcl':
          'Kind = "proxy-defaults"\nName = "global"\n' +
          'Config {\n  connect_timeout_ms = 1500\n  handshake_timeout_ms = 900\n}\n',
        'web.hcl':
          'Kind = "service-defaults"\nName = "web"\nProtocol = "http"\nMeshGateway { Mode = "local" }\n',
      },
      args: ['-config-dir=etc'],
    });
  });
  afterAll(() => agent?.stop());

  const shown = async () =>
    (await agent.http('GET', '/v1/agent/service/web-sidecar-proxy')).json<Shown>();
  const write = async (file: string) => {
    const { code, stderr } = await agent.cli(['config', 'write', file]);
    expect([code, stderr]).toEqual([0, '']);
  };

  it('a server stores what its file says, where there is none', async () => {
    await until('the entry', async () => {
      const { status } = await agent.http('GET', '/v1/config/service-defaults/db');
      return status === 200;
    });
    await until('it in the upstream', async () => {
      const [upstream] = (await shown()).Proxy.Upstreams ?? [];
      return upstream?.Config?.['protocol'] === 'grpc';
    });
  });

  it('fills the registration of a proxy, whose own settings stand above it', async () => {
    await write('global.hcl');
    await until('it in the registration', async () => {
      return (await shown()).Proxy.Config?.['connect_timeout_ms'] === 1500;
    });
    expect((await shown()).Proxy.Config).toEqual({
      ...{ connect_timeout_ms: 1500, handshake_timeout_ms: 700 },
    });
    const { stdout } = await agent.cli(['config', 'read', '-kind=proxy-defaults', '-name=global']);
    expect(JSON.parse(stdout)).toMatchObject({ Config: { handshake_timeout_ms: 900 } });
  });

  it('a change wakes who waits for the registration, and comes to the catalog', async () => {
    const { ContentHash } = await shown();
    const path = `/v1/agent/service/web-sidecar-proxy?hash=${ContentHash}&wait=60s`;
    const waiting = agent.http('GET', path);
    await write('web.hcl');
    const { Proxy: proxy } = (await waiting).json<Shown>();
    expect(proxy).toMatchObject({ Config: { protocol: 'http' }, MeshGateway: { Mode: 'local' } });
    await until('the catalog', async () => {
      const answer = await agent.http('GET', '/v1/catalog/service/web-sidecar-proxy');
      const [row] = answer.json<readonly { ServiceProxy: Shown['Proxy'] }[]>();
      return row?.ServiceProxy.Config?.['protocol'] === 'http';
    });
  });

  it('a reload loses nothing of it; an entry that goes is gone there too', async () => {
    expect((await agent.cli(['reload'])).code).toBe(0);
    expect((await shown()).Proxy.Config?.['protocol']).toBe('http');
    const gone = ['config', 'delete', '-kind=service-defaults', '-name=web'];
    expect((await agent.cli(gone)).stdout).toBe('Config entry deleted: service-defaults/web\n');
    await until('it to be gone', async () => {
      return (await shown()).Proxy.Config?.['protocol'] === undefined;
    });
  });

  it('a gateway is told of a service that is exposed', async () => {
    const expose = ['connect', 'expose', '-ingress-gateway=gw', '-service=web', '-port=8080'];
    expect((await agent.cli(expose)).stdout).toBe(
      'Successfully updated config entry for ingress service "gw"\n' +
        'Successfully set up intention for "gw" -> "web"\n',
    );
    expect((await agent.cli(['intention', 'check', 'gw', 'web'])).stdout).toBe('Allowed\n');
    const { stdout } = await agent.cli(['config', 'list', '-kind=ingress-gateway']);
    expect(stdout).toBe('gw\n');
  });

  it('a bad entry in a file stops the start, and is named', async () => {
    const bad = {
      data_dir: 'data',
      config_entries: { bootstrap: [{ kind: 'service-defaults', nam: 'x' }] },
    };
    agent.write('bad/bad.json', bad);
    const { code, stderr } = await agent.cli(['validate', 'bad']);
    expect(code).toBe(1);
    expect(stderr).toContain('config_entries.bootstrap[0]: invalid config key nam');
  });
});
