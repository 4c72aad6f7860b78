/** A row of /v1/internal/ui/services. */
export interface ServiceSummary {
  readonly Kind?: string;
  readonly Name: string;
  readonly Tags: readonly string[] | null;
  readonly Nodes: readonly string[] | null;
  readonly InstanceCount: number;
  readonly ProxyFor?: readonly string[];
  readonly ChecksPassing: number;
  readonly ChecksWarning: number;
  readonly ChecksCritical: number;
  readonly ExternalSources: readonly string[] | null;
}
