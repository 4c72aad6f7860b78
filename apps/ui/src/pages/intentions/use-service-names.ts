import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/use-query.ts';
import { type NamedService, suggestedNames } from './service-names.ts';

const NONE: readonly NamedService[] = [];

/** Names of services to offer; without an answer only the wildcard, since any name may be typed. */
export function useServiceNames(dc: string): readonly string[] {
  const answer = useQuery<readonly NamedService[] | null>('/v1/internal/ui/services', {
    query: { dc },
  });
  const services = answer.state === 'ready' ? (answer.value ?? NONE) : NONE;
  return useMemo(() => suggestedNames(services), [services]);
}
