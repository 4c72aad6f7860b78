import { Empty } from './data-states.tsx';

interface MetaTableProps {
  readonly label: string;
  readonly meta: Readonly<Record<string, string>> | null | undefined;
}

/** Metadata of a node or an instance, by key. */
export function MetaTable({ label, meta }: MetaTableProps) {
  const rows = Object.entries(meta ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return <Empty title="No metadata" />;
  return (
    <div class="table-scroll">
      <table>
        <caption class="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, value]) => (
            <tr key={key}>
              <td class="code">{key}</td>
              <td class="wrap">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
