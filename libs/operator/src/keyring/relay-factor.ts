/** Members at most that relay an answer to a keyring operation a second time. */
export const MAX_RELAY_FACTOR = 5;
