export { anomaly } from './anomaly.js';
export { audio } from './audio.js';
export { convert } from './convert.js';
export { evaluate } from './evaluate.js';
export { forecast } from './forecast.js';
export { inspect } from './inspect.js';
