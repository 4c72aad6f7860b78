export { compileFilter } from './compile.ts';
export type { Pattern } from './pattern/pattern.ts';
export { compilePattern } from './pattern/pattern.ts';
export type { FieldType, FilterSchema } from './schema.ts';
