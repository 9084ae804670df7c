/** The one workspace that things of this server lie in. */
export const WORKSPACE = 'default';
