import { run } from '@mesh/testkit';
import { ComposeStack } from './compose-stack.ts';
import { NamespaceStack } from './namespace-stack.ts';
import type { Stack } from './stack.ts';

/**
 * The stack on the engine that answers, or in network namespaces where none does, which is said. MESH_STACK=compose or
 * =namespaces insists.
 */
export async function createStack(): Promise<Stack> {
  const wanted = process.env['MESH_STACK'] ?? '';
  if (!['', 'compose', 'namespaces'].includes(wanted)) {
    throw new Error(`MESH_STACK=${wanted}: must be compose or namespaces`);
  }
  const engine = await run('docker', ['version']).catch(() => undefined);
  if (wanted === 'compose' || (wanted === '' && engine?.code === 0)) return ComposeStack.create();
  if (wanted === '') {
    process.stdout.write(
      'no container engine answers: the datacenter runs in network namespaces\n',
    );
  }
  return NamespaceStack.create();
}
