import { suggestedNames } from './service-names.ts';

test('services by name, without what only carries their connections', () => {
  const services = [
    { Name: 'web' },
    { Name: 'web-sidecar-proxy', Kind: 'connect-proxy' },
    { Name: 'gateway', Kind: 'mesh-gateway' },
    { Name: 'edge', Kind: 'ingress-gateway' },
    { Name: 'db', Kind: '' },
    { Name: 'web' },
  ];
  expect(suggestedNames(services)).toEqual(['*', 'db', 'edge', 'web']);
  expect(suggestedNames([])).toEqual(['*']);
});
