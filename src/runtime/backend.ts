import type { BackendValues, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { DataStorage, engine, KernelBackend, util } from '#tfjs-core';
import { EddyError } from '../core/errors.js';
import type { TfjsModule } from './tfjsModule.js';

/** A tensor that the backend holds; text stays in JavaScript. */
interface Held {
  /** Its number in the module's own table. */
  readonly id: number;
  readonly address: number;
  readonly shape: number[];
  readonly dtype: DataType;
  /** tfjs's kernels know this one by name, and set it. */
  stringBytes: Uint8Array[] | undefined;
  refCount: number;
}

/**
 * tfjs's `wasm` backend over a module that has been started: what tfjs's engine and its WASM kernels call. The package's own class
 * cannot be had without Emscripten's glue, which it imports, and which would make half of an edge worker's script.
 */
export class Backend extends KernelBackend {
  // tfjs's kernels know these two by name.
  readonly dataIdMap: InstanceType<typeof DataStorage<Held>>;
  readonly wasm: TfjsModule;
  readonly #table: ReturnType<typeof createTable>;
  // 0 is the kernels' "no tensor".
  #nextId = 1;

  constructor(module: TfjsModule) {
    super();
    this.wasm = module;
    this.#table = createTable(module);
    this.dataIdMap = new DataStorage(this, engine());
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues | null,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (dtype === 'string') {
      const stringBytes = Array.isArray(values) ? values : [];
      this.dataIdMap.set(dataId, { id: this.#nextId++, address: 0, shape, dtype, stringBytes, refCount });
      return;
    }
    const bytes = util.sizeFromShape(shape) * util.bytesPerElement(dtype);
    const address = this.wasm._malloc(bytes) >>> 0;
    if (address === 0 && bytes > 0) {
      throw new EddyError(
        'out-of-memory',
        `eddy: the heap must have ${bytes} bytes free for a tensor [${shape}], it has not; dispose what is not in use`,
      );
    }
    this.#hold(dataId, address, shape, dtype, refCount);
    if (values && !Array.isArray(values)) {
      this.wasm.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, bytes), address);
    }
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override readSync(dataId: DataId, start?: number, end?: number): BackendValues {
    const held = this.dataIdMap.get(dataId);
    if (held.stringBytes) return held.stringBytes.slice(start, end);
    return this.typedArrayFromHeap({ ...held, dataId }).slice(start, end);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.dataIdMap.has(dataId)) return true;
    const held = this.dataIdMap.get(dataId);
    held.refCount--;
    if (!force && held.refCount > 0) return false;
    if (!held.stringBytes) {
      this.wasm._free(held.address);
      this.#table.forget(held.id);
    }
    this.dataIdMap.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.dataIdMap.has(dataId) ? this.dataIdMap.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    if (this.dataIdMap.has(dataId)) this.dataIdMap.get(dataId).refCount++;
  }

  override numDataIds(): number {
    return this.dataIdMap.numDataIds();
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(f: () => void): Promise<{ kernelMs: number }> {
    const start = util.now();
    f();
    return { kernelMs: util.now() - start };
  }

  /** Frees what the module keeps for its kernels; the heap stays, models live on it. */
  override dispose(): void {
    this.#table.clear();
  }

  /** Called by tfjs's kernels: a tensor for an output, in a block of its own or where a kernel has put it. */
  makeOutput(shape: number[], dtype: DataType, address?: number | null, values?: BackendValues): TensorInfo {
    if (address === undefined || address === null)
      return { dataId: this.write(values ?? null, shape, dtype), shape, dtype };
    const dataId = {};
    this.#hold(dataId, address, shape, dtype, 1);
    return { dataId, shape, dtype };
  }

  /** Called by tfjs's kernels: a view of a tensor, good until the heap grows. */
  typedArrayFromHeap({ shape, dtype, dataId }: TensorInfo): Float32Array | Int32Array | Uint8Array {
    const { buffer } = this.wasm.HEAPU8;
    const { address } = this.dataIdMap.get(dataId);
    const size = util.sizeFromShape(shape);
    if (dtype === 'float32') return new Float32Array(buffer, address, size);
    if (dtype === 'int32') return new Int32Array(buffer, address, size);
    if (dtype === 'bool') return new Uint8Array(buffer, address, size);
    throw new TypeError(`eddy: tfjs's wasm backend holds no tensors of type ${dtype}`);
  }

  #hold(dataId: DataId, address: number, shape: number[], dtype: DataType, refCount: number): void {
    const id = this.#nextId++;
    this.dataIdMap.set(dataId, { id, address, shape, dtype, stringBytes: undefined, refCount });
    this.#table.register(id, util.sizeFromShape(shape), address);
  }
}

/** The module's own table of tensors, by which its kernels find their arguments. */
function createTable({ cwrap }: TfjsModule) {
  // -1: as many threads as there are; this build of the module has one.
  cwrap('init_with_threads_count', null, ['number'])(-1);
  return {
    register: cwrap('register_tensor', null, ['number', 'number', 'number']),
    forget: cwrap('dispose_data', null, ['number']),
    clear: cwrap('dispose', null),
  };
}
