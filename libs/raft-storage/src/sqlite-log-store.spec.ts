import { describeLegacyLogStore } from '@mesh/testkit';
import { MemorySqliteLogStore } from './sqlite-log-store.ts';

describeLegacyLogStore('SQLite in memory', () => new MemorySqliteLogStore());
