/** Something that sounds, until it is stopped. */
export interface Source {
  readonly name: string;
  readonly node: AudioNode;
  stop(): void;
}

/** A sound, over and over. */
export function loop(context: AudioContext, name: string, buffer: AudioBuffer): Source {
  const node = new AudioBufferSourceNode(context, { buffer, loop: true });
  node.start();
  return { name, node, stop: () => node.stop() };
}

/**
 * The microphone as it is: what makes speech clear takes the sound apart.
 * @throws DOMException `NotAllowedError`, `NotFoundError` …
 */
export async function openMicrophone(context: AudioContext): Promise<Source> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
  });
  return {
    name: 'microphone',
    node: new MediaStreamAudioSourceNode(context, { mediaStream: stream }),
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}
