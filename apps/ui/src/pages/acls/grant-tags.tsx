import type { AclGrants, AclToken } from '@mesh/api-contract';

/** What a token or role grants, as tags. */
export function GrantTags({ record }: { readonly record: AclGrants & Pick<AclToken, 'Roles'> }) {
  const tags = [
    ...(record.Policies ?? []).map(({ Name }) => ['policy', Name]),
    ...(record.Roles ?? []).map(({ Name }) => ['role', Name]),
    ...(record.ServiceIdentities ?? []).map(({ ServiceName }) => ['service', ServiceName]),
    ...(record.NodeIdentities ?? []).map(({ NodeName }) => ['node', NodeName]),
  ];
  if (tags.length === 0) return <span>Grants nothing</span>;
  return (
    <span class="tags">
      {tags.map(([kind, name]) => (
        <span key={`${kind} ${name}`} class="tag">
          <span class="tag-kind">{kind}</span> {name}
        </span>
      ))}
    </span>
  );
}
