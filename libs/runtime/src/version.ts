/** The Consul version whose behaviour this build has; clients and members see it. */
export const VERSION = '1.8.6';
