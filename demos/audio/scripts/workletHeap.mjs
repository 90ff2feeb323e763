import WebSocket from 'ws';

/**
 * The heap of a page's AudioWorklet, through Chromium's own protocol: Playwright shows pages and workers, not worklets.
 *
 * @param {number} port that the browser was started with for remote debugging
 * @param {string} url of the page
 */
export async function createWorkletHeap(port, url) {
  const { webSocketDebuggerUrl } = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  const waiting = new Map();
  let worklet;
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + 1;
      waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  socket.on('message', (text) => {
    const message = JSON.parse(String(text));
    if (message.id) waiting.get(message.id)(message);
    else if (message.method === 'Target.attachedToTarget' && message.params.targetInfo.type === 'worklet')
      worklet = message.params.sessionId;
  });
  const { targetInfos } = await send('Target.getTargets');
  const page = targetInfos.find((target) => target.type === 'page' && target.url === url);
  const { sessionId } = await send('Target.attachToTarget', { targetId: page.targetId, flatten: true });
  await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }, sessionId);

  /** Bytes allocated while `process` and what it calls ran. */
  const inProcess = ({ callFrame, selfSize, children }, within = false) => {
    const now = within || callFrame.functionName === 'process';
    return (now ? selfSize : 0) + children.reduce((sum, child) => sum + inProcess(child, now), 0);
  };
  return {
    /** Counts from now on, each 128 bytes or so: also what has been collected in the meantime. */
    start: () =>
      send(
        'HeapProfiler.startSampling',
        { samplingInterval: 128, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
        worklet,
      ),
    /** Bytes that `process` has allocated since; counting ends. */
    stop: async () => inProcess((await send('HeapProfiler.stopSampling', {}, worklet)).profile.head),
    close: () => socket.close(),
  };
}
