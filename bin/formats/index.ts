export { csv } from './csv.js';
export { ndjson } from './ndjson.js';
