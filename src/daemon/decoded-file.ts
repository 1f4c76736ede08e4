/** The name of the file in the run directory in which the decoded spec waits for the daemon's next start in this boot. */
export const DECODED_FILE = 'spec.json';
