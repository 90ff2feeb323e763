/** What a stranger can make the server hold or do, at most. */
export const LIMITS = {
  /** Of a WebSocket message and of a request's body, in bytes. */
  message: 64 * 1024,
  /** Pieces of one message, and pieces of one frame that have not been put together yet. */
  fragments: 64,
  chunks: 256,
  /** Of what a viewer says, in bytes, and how often it may say something in a second. */
  command: 4 * 1024,
  commandsPerSecond: 20,
  /** A sensor's name, in characters, and the sensors that one connection may speak for. */
  name: 64,
  sensorsPerConnection: 1000,
  channels: 8,
  rowsPerFrame: 256,
  /** Beyond it float32 deviations and squares would be lost. */
  magnitude: 1e30,
  /** Numbers that one connection may send in a second, and at once: a frame's worth. */
  numbersPerSecond: 5000,
  numbersAtOnce: 2048,
  /** A question where a sensor stands costs as much as so many numbers: a file is read for it. */
  question: 20,
  /** Rows a second of each series that is replayed. */
  replaySpeed: 1000,
  /** Rows that wait while a sensor's checkpoint is being read. */
  queued: 1024,
  /** Rows below which a sensor has learned nothing worth a file. */
  worthKeeping: 32,
  /** Sensors that one viewer sees at once, and sensors whose three networks run side by side. */
  watched: 8,
  labs: 32,
  viewers: 64,
  /** Bytes that wait for a slow reader before rows are left out, and how long it may go on so. */
  unread: 1024 * 1024,
  unreadMs: 10_000,
  /** A connection that has not answered a ping when the next one is due is closed. */
  pingMs: 15_000,
} as const;
