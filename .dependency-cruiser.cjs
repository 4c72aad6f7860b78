/**
 * Which layer may import which (see README, "Map"). The layer of a lib is its tag in project.json, so a new
 * lib is covered the day it appears.
 */
const { readdirSync, readFileSync, existsSync } = require('node:fs');
const { join } = require('node:path');

const layers = {};
for (const group of ['libs', 'apps']) {
  for (const entry of readdirSync(join(__dirname, group))) {
    const file = join(__dirname, group, entry, 'project.json');
    if (!existsSync(file)) continue;
    const tag = JSON.parse(readFileSync(file, 'utf8')).tags?.find((t) => t.startsWith('layer:'));
    if (!tag) throw new Error(`${file}: no layer: tag`);
    const layer = tag.slice('layer:'.length);
    layers[layer] = [...(layers[layer] ?? []), `${group}/${entry}`];
  }
}

/** Layer -> layers that it may import, itself included where siblings may. */
const ALLOWED = {
  base: ['base'],
  contract: ['base', 'contract'],
  core: ['base', 'contract', 'core'],
  domain: ['base', 'contract', 'core', 'domain'],
  io: ['base', 'contract', 'core', 'domain', 'io'],
  agent: ['base', 'contract', 'core', 'domain', 'io', 'agent'],
  runtime: ['base', 'contract', 'core', 'domain', 'io', 'agent', 'runtime'],
  ui: ['base', 'contract', 'ui'],
  client: ['base', 'contract', 'client'],
  app: ['base', 'contract', 'core', 'domain', 'io', 'agent', 'runtime', 'client', 'app'],
  test: ['base', 'contract', 'core', 'domain', 'io', 'agent', 'runtime', 'client', 'test'],
};
/** Files that only tests load. */
const TESTS = '\\.(spec|sim|fuzz)\\.ts$|/src/testing/';
const folders = (names) => names.flatMap((name) => layers[name] ?? []).join('|') || 'nothing';

const layerRules = Object.keys(layers).map((layer) => {
  if (!ALLOWED[layer]) throw new Error(`unknown layer ${layer}`);
  const forbidden = Object.keys(layers).filter((other) => !ALLOWED[layer].includes(other));
  return {
    name: `layer-${layer}`,
    comment: `${layer} may import: ${ALLOWED[layer].join(', ')}`,
    severity: 'error',
    // Tests may use the test kit; code may not.
    from: { path: `^(${folders([layer])})/`, pathNot: TESTS },
    to: { path: `^(${folders(forbidden)})/` },
  };
});

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-import',
      comment: 'a lib is used through its index.ts',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'pure-without-node',
      severity: 'error',
      from: {
        path: `^(${folders(['base', 'contract', 'core', 'domain'])})/`,
        pathNot: TESTS,
      },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The parser knows no JSX; cycles among those files are the linter's.
    exclude: { path: '(^|/)(dist|testdata|node_modules)/|\\.tsx$' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['@mesh/source', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
