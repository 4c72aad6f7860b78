/** Integration tests: real processes. Most of them wait for most of their time, so two files run at once. */
const base = require('../../jest.config.cjs');

module.exports = {
  ...base,
  rootDir: base.rootDir,
  roots: ['<rootDir>/tools/integration'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120000,
  maxWorkers: 2,
};
