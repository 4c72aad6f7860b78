/** Where the certificate authority's configuration stands. */
export const CA_CONFIGURATION = '/v1/connect/ca/configuration';
