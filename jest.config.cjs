/** Unit and simulation tests beside the code; integration tests have their own runner, tools/integration. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/tools/integration/', '/tools/compose/'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  testEnvironmentOptions: {
    customExportConditions: ['@mesh/source', 'node', 'require', 'default'],
  },
  extensionsToTreatAsEsm: [],
  testTimeout: 20000,
};
