import { TextField } from '../../components/field.tsx';
import {
  type NodeIdentityDraft,
  nodeIdentityProblem,
  type ServiceIdentityDraft,
  serviceIdentityProblem,
} from './grants.ts';

interface ServiceIdentityFieldsProps {
  readonly services: readonly ServiceIdentityDraft[];
  /** Names to offer. */
  readonly names: readonly string[];
  readonly isTried: boolean;
  readonly onChange: (services: readonly ServiceIdentityDraft[]) => void;
}

/** Identities of services: what an instance and its sidecar need, without a policy for it. */
export function ServiceIdentityFields(props: ServiceIdentityFieldsProps) {
  const { services, names, isTried, onChange } = props;
  const change = (at: number, part: Partial<ServiceIdentityDraft>) =>
    onChange(services.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <fieldset class="field">
      <legend>Service identities</legend>
      <p class="hint">May register the service and its sidecar, and find all services and nodes.</p>
      {services.map((row, at) => (
        <div key={at} class="identity">
          <TextField
            label="Service"
            name={`service-${at}`}
            value={row.name}
            required
            suggestions={names}
            wrong={isTried || row.name !== '' ? serviceIdentityProblem(row.name) : undefined}
            onInput={(name) => change(at, { name })}
          />
          <TextField
            label="Datacenters (empty: all)"
            name={`service-datacenters-${at}`}
            value={row.datacenters}
            placeholder="dc1, dc2"
            onInput={(datacenters) => change(at, { datacenters })}
          />
          <RemoveRow
            what={`the service identity ${row.name || at + 1}`}
            onRemove={() => onChange(services.toSpliced(at, 1))}
          />
        </div>
      ))}
      <div class="actions">
        <button
          type="button"
          onClick={() => onChange([...services, { name: '', datacenters: '' }])}
        >
          Add a service identity
        </button>
      </div>
    </fieldset>
  );
}

interface NodeIdentityFieldsProps {
  /** For new rows. */
  readonly dc: string;
  readonly nodes: readonly NodeIdentityDraft[];
  readonly isTried: boolean;
  readonly onChange: (nodes: readonly NodeIdentityDraft[]) => void;
}

/** Identities of nodes: what an agent needs, without a policy for it. */
export function NodeIdentityFields({ dc, nodes, isTried, onChange }: NodeIdentityFieldsProps) {
  const change = (at: number, part: Partial<NodeIdentityDraft>) =>
    onChange(nodes.map((row, index) => (index === at ? { ...row, ...part } : row)));
  const missing = 'Enter the datacenter of the node.';
  return (
    <fieldset class="field">
      <legend>Node identities</legend>
      <p class="hint">May register the node, and find all services.</p>
      {nodes.map((row, at) => (
        <div key={at} class="identity">
          <TextField
            label="Node"
            name={`node-${at}`}
            value={row.name}
            required
            wrong={isTried || row.name !== '' ? nodeIdentityProblem(row.name) : undefined}
            onInput={(name) => change(at, { name })}
          />
          <TextField
            label="Datacenter"
            name={`node-datacenter-${at}`}
            value={row.datacenter}
            required
            wrong={row.datacenter.trim() === '' ? missing : undefined}
            onInput={(datacenter) => change(at, { datacenter })}
          />
          <RemoveRow
            what={`the node identity ${row.name || at + 1}`}
            onRemove={() => onChange(nodes.toSpliced(at, 1))}
          />
        </div>
      ))}
      <div class="actions">
        <button type="button" onClick={() => onChange([...nodes, { name: '', datacenter: dc }])}>
          Add a node identity
        </button>
      </div>
    </fieldset>
  );
}

function RemoveRow({ what, onRemove }: { readonly what: string; readonly onRemove: () => void }) {
  return (
    <button type="button" aria-label={`Remove ${what}`} onClick={onRemove}>
      Remove
    </button>
  );
}
