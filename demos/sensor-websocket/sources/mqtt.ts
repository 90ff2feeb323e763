import { sensorName } from '../server/sensorName.js';
import type { Bridge } from './bridge.js';

/**
 * Hears an MQTT broker: each topic is a sensor, each message a number, a list of numbers, or `{ t, values }`.
 * It connects again by itself. Gives how to stop.
 */
export async function bridgeMqtt(
  url: string,
  topic: string,
  bridge: Bridge,
  warn: (text: string) => void,
): Promise<() => void> {
  const { connect } = await import('mqtt'); // only now: it takes as long to load as all the rest
  const client = connect(url, { reconnectPeriod: 1000 });
  client.on('connect', () => {
    client.subscribe(topic, (error) => {
      if (error) warn(`MQTT: could not subscribe to ${topic}: ${error.message}`);
    });
  });
  let warned = '';
  client.on('error', ({ message }) => {
    if (message !== warned) warn(`MQTT: ${message}`);
    warned = message;
  });
  client.on('message', (name, payload) => {
    bridge.carry(`MQTT topic ${name}`, payload, false, { sensor: sensorName(name), channels: 1, interval: 0 });
  });
  return () => {
    client.end(true);
  };
}
