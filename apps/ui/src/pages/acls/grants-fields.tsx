import type { AclPolicy } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { pathOf } from '../../routing/place.ts';
import { useServiceNames } from '../intentions/use-service-names.ts';
import type { GrantsDraft } from './grants.ts';
import { NodeIdentityFields, ServiceIdentityFields } from './identity-fields.tsx';
import { LinkPicker } from './link-picker.tsx';

interface GrantsFieldsProps {
  readonly dc: string;
  readonly draft: GrantsDraft;
  /** Whether it was tried to send: what is missing is told then. */
  readonly isTried: boolean;
  readonly onChange: (part: Partial<GrantsDraft>) => void;
}

/** Fields for what tokens and roles grant. */
export function GrantsFields({ dc, draft, isTried, onChange }: GrantsFieldsProps) {
  const policies = useQuery<readonly AclPolicy[]>('/v1/acl/policies', { query: { dc } });
  const names = useServiceNames(dc).filter((name) => name !== '*');
  return (
    <>
      <LinkPicker
        title="Policies"
        one="policy"
        chosen={draft.policies}
        available={policies}
        pageOf={({ ID }) => pathOf(dc, 'acls', 'policies', ID)}
        onChange={(next) => onChange({ policies: next })}
      />
      <ServiceIdentityFields
        services={draft.services}
        names={names}
        isTried={isTried}
        onChange={(services) => onChange({ services })}
      />
      <NodeIdentityFields
        dc={dc}
        nodes={draft.nodes}
        isTried={isTried}
        onChange={(nodes) => onChange({ nodes })}
      />
    </>
  );
}
