/** Tests of the whole datacenter: `npx nx run integration:compose`. */
const base = require('../../jest.config.cjs');

module.exports = {
  ...base,
  rootDir: base.rootDir,
  roots: ['<rootDir>/tools/compose'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300000,
  maxWorkers: 1,
};
