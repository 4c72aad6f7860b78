import { decodeServiceDefinition } from '@mesh/api-contract';
import { services as catalogServices, serviceKey } from '@mesh/catalog';
import { createRig } from '../testing/agent-rig.ts';
import { freeSidecarPort } from './sidecar.ts';

const define = (raw: object) => decodeServiceDefinition(raw, '', { source: 'file' });
const SOCAT = { name: 'socat', port: 8181, connect: { sidecar_service: {} } };
const WEB = {
  ...{ name: 'web', tags: ['v1'], meta: { a: 'b' } },
  connect: {
    sidecar_service: {
      proxy: { upstreams: [{ destination_name: 'socat', local_bind_port: 9191 }] },
    },
  },
};

describe('a sidecar', () => {
  async function started(...services: readonly object[]) {
    const rig = createRig({ services: services.map(define) });
    await rig.start();
    await rig.settle();
    const serviceOf = (id: string) =>
      rig.rpc.store.view().get(catalogServices, serviceKey('vm', id))?.service;
    return { rig, serviceOf };
  }

  it('is registered beside its service, on a port of its own', async () => {
    const { rig, serviceOf } = await started(SOCAT, WEB);
    expect([...(rig.agent.localServices.serviceNames?.() ?? [])].sort()).toEqual([
      ...['socat', 'socat-sidecar-proxy', 'web', 'web-sidecar-proxy'],
    ]);
    expect(serviceOf('socat-sidecar-proxy')).toMatchObject({
      ...{ Kind: 'connect-proxy', Service: 'socat-sidecar-proxy', Port: 21_000, Tags: [] },
      Proxy: {
        ...{ DestinationServiceName: 'socat', DestinationServiceID: 'socat' },
        ...{ LocalServiceAddress: '127.0.0.1', LocalServicePort: 8181 },
      },
    });
    const web = serviceOf('web-sidecar-proxy');
    expect(web).toMatchObject({ Port: 21_001, Tags: ['v1'], Meta: { a: 'b' } });
    expect(web?.Proxy).toMatchObject({ Upstreams: [{ DestinationName: 'socat' }] });
    expect(web?.Proxy).not.toHaveProperty('LocalServicePort');
    await rig.stop();
  });

  it('keeps its port over a reload that brings others before it', async () => {
    const { rig, serviceOf } = await started(SOCAT);
    await rig.agent.reload({ ...rig.config, services: [WEB, SOCAT].map(define) });
    await rig.settle();
    expect(serviceOf('socat-sidecar-proxy')?.Port).toBe(21_000);
    expect(serviceOf('web-sidecar-proxy')?.Port).toBe(21_001);
    await rig.agent.reload({ ...rig.config, services: [] });
    await rig.settle();
    expect(serviceOf('socat-sidecar-proxy')).toBeUndefined();
    await rig.stop();
  });
});

describe('freeSidecarPort', () => {
  it('is the lowest that nobody has', () => {
    const range = { min: 21_000, max: 21_002 };
    expect(freeSidecarPort(range, new Set([21_000, 21_002]))).toBe(21_001);
    expect(() => freeSidecarPort(range, new Set([21_000, 21_001, 21_002]))).toThrow(
      'none left in the configured range [21000, 21002]',
    );
    expect(() => freeSidecarPort({ min: 0, max: 0 }, new Set())).toThrow('disabled in config');
  });
});
