/** Integration tests: real processes, one file after the other. */
const base = require('../../jest.config.cjs');

module.exports = {
  ...base,
  rootDir: base.rootDir,
  roots: ['<rootDir>/tools/integration'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120000,
  maxWorkers: 1,
};
