import type { Component, Logger } from '@mesh/base';

/**
 * Starts components in order. When one fails, those already started are stopped in reverse before the
 * error goes on.
 */
export async function startAll(components: readonly Component[]): Promise<void> {
  const started: Component[] = [];
  try {
    for (const component of components) {
      started.push(component);
      await component.start();
    }
  } catch (error) {
    for (const component of started.reverse()) await component.stop().catch(() => {});
    throw error;
  }
}

/** Stops components in reverse order of their start; one that fails is logged and does not hold up the rest. */
export async function stopAll(components: readonly Component[], logger: Logger): Promise<void> {
  for (const component of [...components].reverse()) {
    try {
      await component.stop();
    } catch (error) {
      logger.error('stopping failed', { component: component.name, error: String(error) });
    }
  }
}
