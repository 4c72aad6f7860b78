// For server, DNS and http.
export { deleteQueriesOfSession } from './commands.ts';
export type { ExecuteArgs } from './endpoint.ts';
export { queryExecute } from './endpoint.ts';
export type { QueryHttpDeps } from './http.ts';
export { queryHttpRoutes } from './http.ts';
export { preparedQueryResource } from './resource.ts';
export type { Execution } from './types.ts';
