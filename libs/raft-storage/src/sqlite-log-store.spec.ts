import { describeLogStore } from '@mesh/testkit';
import { MemorySqliteLogStore } from './sqlite-log-store.ts';

describeLogStore('SQLite in memory', () => new MemorySqliteLogStore());
