import { catalogHooksOf, catalogResource, nodeByName } from '@mesh/catalog';
