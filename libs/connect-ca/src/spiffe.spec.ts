import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import {
  clusterOf,
  leafCommonName,
  parseServiceUri,
  requireServiceName,
  rootCommonName,
  rootUri,
  serviceUri,
  trustDomainOf,
} from './spiffe.ts';

const CLUSTER = '11111111-2222-4333-8444-555555555555';
const TRUST_DOMAIN = `${CLUSTER}.consul`;
const WEB = { trustDomain: TRUST_DOMAIN, namespace: 'default', datacenter: 'dc1', service: 'web' };

describe('identities', () => {
  it('are written as the original writes them', () => {
    expect(serviceUri(WEB)).toBe(`spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/web`);
    expect(rootUri(TRUST_DOMAIN)).toBe(`spiffe://${TRUST_DOMAIN}`);
    expect([trustDomainOf(CLUSTER), clusterOf(TRUST_DOMAIN)]).toEqual([TRUST_DOMAIN, CLUSTER]);
  });

  it('come back from their URI, whatever the names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(name, name, (datacenter, service) => {
        const identity = { ...WEB, datacenter, service };
        expect(parseServiceUri(serviceUri(identity))).toEqual(identity);
      }),
    );
  });

  it('cannot be moved to another service by a name with slashes', () => {
    const uri = serviceUri({ ...WEB, service: 'web/../svc/db' });
    expect(uri.split('/')).toHaveLength(9);
    expect(parseServiceUri(uri)?.service).toBe('web/../svc/db');
  });

  it('compare trust domains without regard to case', () => {
    expect(parseServiceUri('spiffe://ABC.Consul/ns/default/dc/dc1/svc/Web')).toEqual({
      ...{ trustDomain: 'abc.consul', namespace: 'default', datacenter: 'dc1', service: 'Web' },
    });
  });

  test.each([
    '',
    'spiffe://nope',
    `spiffe://${TRUST_DOMAIN}`,
    `https://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/web`,
    `spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/`,
    'spiffe:///ns/default/dc/dc1/svc/web',
    `spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/web/more`,
    `spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/id/web`,
    `spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/%zz`,
    `x spiffe://${TRUST_DOMAIN}/ns/default/dc/dc1/svc/web`,
  ])('are none in %j', (uri) => {
    expect(parseServiceUri(uri)).toBeUndefined();
  });
});

describe('common names', () => {
  it('say whose they are in at most 64 characters', () => {
    expect(leafCommonName('Web-1_b', CLUSTER)).toBe('web1b.svc.default.11111111.consul');
    expect(rootCommonName('abcd1234', CLUSTER)).toBe('pri-abcd1234.consul.ca.11111111.consul');
    const long = leafCommonName('a'.repeat(255), CLUSTER);
    expect(long).toHaveLength(64);
    expect(long.endsWith('a.svc.default.11111111.consul')).toBe(true);
  });
});

describe('names of services', () => {
  it.each(['', 'a'.repeat(256), 'a\0b'])('refuses %j', (name) => {
    expect(() => requireServiceName(name)).toThrow(MeshError);
    expect(() => requireServiceName(name)).toThrow('1 to 255 characters');
  });

  it.each(['web', 'a'.repeat(255), 'é/b'])('takes %j', (name) => {
    expect(requireServiceName(name)).toBe(name);
  });
});
