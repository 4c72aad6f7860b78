/** What the placeholders of a dashboard's address stand for. */
export interface DashboardValues {
  readonly Datacenter: string;
  readonly Service: {
    readonly Name: string;
    /** @default 'default' */
    readonly Namespace?: string;
  };
}

type Placeholder = 'Datacenter' | 'Service.Name' | 'Service.Namespace';

const VALUES: Readonly<Record<Placeholder, (values: DashboardValues) => string>> = {
  Datacenter: ({ Datacenter }) => Datacenter,
  'Service.Name': ({ Service }) => Service.Name,
  'Service.Namespace': ({ Service }) => Service.Namespace ?? 'default',
};

/** Placeholders that are known, as they are written. */
export const PLACEHOLDERS: readonly string[] = Object.keys(VALUES).map((name) => `{{${name}}}`);

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

const isKnown = (name: string): name is Placeholder => Object.hasOwn(VALUES, name);

/** What is wrong with a template of a dashboard's address; undefined when nothing is. '' means none. */
export function dashboardProblem(template: string): string | undefined {
  if (template.trim() === '') return undefined;
  const accepted = `accepted are ${PLACEHOLDERS.join(', ')}`;
  for (const [whole, name] of template.matchAll(PLACEHOLDER)) {
    if (!isKnown(name ?? '')) return `${whole} is no placeholder, ${accepted}.`;
  }
  if (/[{}]/.test(template.replace(PLACEHOLDER, ''))) {
    return `A brace stands alone, ${accepted}.`;
  }
  // With x in the places: a placeholder may make up the host too.
  return isWebAddress(template.trim().replace(PLACEHOLDER, 'x'))
    ? undefined
    : 'A whole address is needed: https://dashboards.example/…';
}

/**
 * The address of a service's dashboard; undefined where there is no template, or a bad one. Values are
 * encoded, so that a name cannot become another address.
 */
export function dashboardLink(template: string, values: DashboardValues): string | undefined {
  if (template.trim() === '' || dashboardProblem(template) !== undefined) return undefined;
  const link = template.trim().replace(PLACEHOLDER, (_, name: string) => {
    return isKnown(name) ? encodeURIComponent(VALUES[name](values)) : '';
  });
  return isWebAddress(link) ? link : undefined;
}

/** Only these: a template might have been put here by others, as `javascript:`. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
