import { invalid, number, text } from '@mesh/base';
import type { ServiceSplitter } from '../types.ts';
import type { KindRules } from './kind.ts';
import { entry, namespace, part, parts } from './shapes.ts';

/** Weights have two digits behind the point. */
const SCALE = 100;

/** service-splitter: shares of the traffic. */
export const serviceSplitter: KindRules = {
  shape: entry({
    Splits: parts(
      part({ Weight: number, Service: text, ServiceSubset: text, Namespace: namespace }),
    ),
  }),
  check: (given) => {
    const { Splits } = given as ServiceSplitter;
    if (Splits.length === 0) throw invalid('no splits configured');
    const seen = new Set<string>();
    let sum = 0;
    for (const { Weight = 0, Service = given.Name, ServiceSubset = '' } of Splits) {
      const scaled = Math.round(Weight * SCALE);
      if (Weight !== 0 && (scaled < 1 || scaled > 100 * SCALE)) {
        throw invalid(`weight must be 0 or from 0.01 to 100, not ${Weight}`);
      }
      sum += scaled;
      const key = JSON.stringify([Service, ServiceSubset]);
      if (seen.has(key)) {
        throw invalid(
          `split destination occurs more than once: service="${Service}", subset="${ServiceSubset}"`,
        );
      }
      seen.add(key);
    }
    if (sum !== 100 * SCALE) {
      throw invalid(`the sum of all split weights must be 100, not ${(sum / SCALE).toFixed(6)}`);
    }
  },
};
