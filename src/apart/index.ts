export { type ApartCounts, type ApartStep, type LearnerApart, openLearnerApart } from './learnerApart.js';
export type { HandOver, LearnerReport } from './messages.js';
export type { LearnerApartOptions } from './options.js';
export type { NodePort, Port, WebPort } from './port.js';
export { type ServeLearnerOptions, serveLearner } from './serveLearner.js';
