/** What an agent answered. */
export interface AgentAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** The HTTP API of an agent. */
export interface AgentHttp {
  /**
   * Asks the agent; `path` may have a query, `body` is sent as JSON. `waitMs` is how long the query itself may
   * wait. Rejects with MeshError `unavailable` when there is no answer.
   */
  ask(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    options?: {
      readonly body?: unknown;
      readonly signal?: AbortSignal;
      readonly waitMs?: number;
    },
  ): Promise<AgentAnswer>;
}
