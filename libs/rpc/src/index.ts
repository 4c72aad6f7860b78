export type { CallClient, CallContext, CallHandler, CallSettings } from './types.ts';
