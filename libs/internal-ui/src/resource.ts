import type { Resource } from '@mesh/resource';
import { uiNode, uiNodes, uiServices, uiTopology } from './endpoint.ts';

/** Overviews for the Web UI: views of other resources' tables, none of its own. */
export function internalUiResource(): Resource {
  return {
    name: 'internal-ui',
    tables: [],
    commands: [],
    endpoints: [uiServices, uiNodes, uiNode, uiTopology],
  };
}
