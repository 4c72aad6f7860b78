import type { AgentService } from '../local-state/entries.ts';
import { mergedService } from './central-config.ts';

const CENTRAL = {
  ProxyConfig: { protocol: 'http', connect_timeout_ms: 1000 },
  UpstreamConfigs: { db: { protocol: 'grpc' } },
  MeshGateway: { Mode: 'local' },
  Expose: { Checks: true },
};

function proxy(said: object): AgentService {
  const own = { Kind: 'connect-proxy', ID: 'p', Service: 'web-proxy', Port: 1 };
  return { ...own, Proxy: { DestinationServiceName: 'web', ...said } } as unknown as AgentService;
}

describe('a registration over the central configuration', () => {
  it('is filled with what it does not say itself', () => {
    const Upstreams = [{ DestinationName: 'db', Config: { a: 1 } }, { DestinationName: 'other' }];
    expect(mergedService(proxy({ Upstreams }), CENTRAL).Proxy).toEqual({
      DestinationServiceName: 'web',
      Config: CENTRAL.ProxyConfig,
      Upstreams: [
        { DestinationName: 'db', Config: { protocol: 'grpc', a: 1 } },
        { DestinationName: 'other' },
      ],
      MeshGateway: { Mode: 'local' },
      Expose: { Checks: true },
    });
  });

  it('says itself what it says', () => {
    const own = {
      ...{ Config: { connect_timeout_ms: 5 }, MeshGateway: { Mode: 'none' } },
      Expose: { Checks: false },
    };
    expect(mergedService(proxy(own), CENTRAL).Proxy).toMatchObject({
      ...own,
      Config: { protocol: 'http', connect_timeout_ms: 5 },
    });
  });
});
