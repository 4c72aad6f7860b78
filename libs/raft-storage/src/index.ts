export { MemorySqliteLogStore } from './sqlite-log-store.ts';
