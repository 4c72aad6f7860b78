/** Rules that a service identity stands for: the service, its sidecar, and finding others. */
export function serviceIdentityRules(name: string): string {
  return `
service ${JSON.stringify(name)} {
	policy = "write"
}
service ${JSON.stringify(`${name}-sidecar-proxy`)} {
	policy = "write"
}
service_prefix "" {
	policy = "read"
}
node_prefix "" {
	policy = "read"
}`;
}

/** Rules that a node identity stands for: the node, and finding services. */
export function nodeIdentityRules(name: string): string {
  return `
node ${JSON.stringify(name)} {
	policy = "write"
}
service_prefix "" {
	policy = "read"
}`;
}
