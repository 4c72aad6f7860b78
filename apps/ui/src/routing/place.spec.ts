import { matchPath, pathOf } from './place.ts';

test.each([
  ['settings', 'settings', {}],
  [':dc/services', 'dc1/services', { dc: 'dc1' }],
  [':dc/nodes/:name', 'dc1/nodes/a%2Fb%20%2525', { dc: 'dc1', name: 'a/b %25' }],
  [':dc/kv/*rest', 'dc1/kv/', { dc: 'dc1', rest: '' }],
  [':dc/kv/*rest', 'dc1/kv/a%2Fb//c/edit', { dc: 'dc1', rest: 'a%2Fb//c/edit' }],
])('%s matches %s', (pattern, path, params) => {
  expect(matchPath(pattern, path)).toEqual(params);
});

test.each([
  [':dc/services', 'dc1/nodes'],
  [':dc/services', 'dc1/services/web'],
  [':dc/services', '/services'],
  [':dc/nodes/:name', 'dc1/nodes/%zz'],
  [':dc/nodes/:name', 'dc1/nodes'],
])('%s does not match %s', (pattern, path) => {
  expect(matchPath(pattern, path)).toBeUndefined();
});

test('what is encoded is found again', () => {
  for (const name of ['a/b', '%41', '..', '日本', 'a?b#c', "it's <b>"]) {
    expect(matchPath(':dc/nodes/:name', pathOf('dc1', 'nodes', name))).toEqual({ dc: 'dc1', name });
  }
});
