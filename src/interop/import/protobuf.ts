import { PbfReader } from 'pbf';
import { invalidFile } from '../../checkpoint/invalidFile.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The fields of one protobuf message, by number, as they lie in the file: typed only when read. */
export class Fields {
  private readonly fields = new Map<number, (number | Uint8Array)[]>();

  /** Reads one message, no deeper. Fails with `invalid-file` if a field does not end within it. */
  constructor(
    bytes: Uint8Array,
    private readonly where: string,
  ) {
    const reader = new PbfReader(bytes);
    try {
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        const value = readValue(reader);
        // The reader itself does not mind the end.
        if (reader.pos > bytes.byteLength) throw new RangeError(`field ${field} ends after its message`);
        const values = this.fields.get(field);
        if (values) values.push(value);
        else this.fields.set(field, [value]);
      }
    } catch (cause) {
      throw invalidFile(where, 'is no protobuf message, or cut short', cause);
    }
  }

  has(field: number): boolean {
    return this.fields.has(field);
  }

  /** A field's nested messages. */
  messages(field: number): Fields[] {
    return this.blocks(field).map((bytes) => new Fields(bytes, this.where));
  }

  /** A repeated field of bytes. */
  blocks(field: number): Uint8Array[] {
    return (this.fields.get(field) ?? []).map((value) => {
      if (typeof value === 'number') throw invalidFile(this.where, `field ${field} must be bytes, got a number`);
      return value;
    });
  }

  texts(field: number): string[] {
    return this.blocks(field).map((bytes) => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (cause) {
        throw invalidFile(this.where, `field ${field} is not UTF-8`, cause);
      }
    });
  }

  /** A field's last value, as protobuf has it where a field comes twice; undefined if it is not there. */
  text(field: number): string | undefined {
    return this.texts(field).at(-1);
  }

  /** A repeated number, packed or not; `read` takes the numbers out of a packed block. */
  numbers(field: number, read: (packed: Uint8Array) => Iterable<number>): number[] {
    return (this.fields.get(field) ?? []).flatMap((value) => (typeof value === 'number' ? [value] : [...read(value)]));
  }

  /** A repeated int64. */
  ints(field: number): number[] {
    return this.numbers(field, (packed) => {
      const reader = new PbfReader(packed);
      const ints: number[] = [];
      try {
        while (reader.pos < packed.byteLength) ints.push(reader.readVarint(true));
      } catch (cause) {
        throw invalidFile(this.where, `field ${field} is not packed integers`, cause);
      }
      if (reader.pos > packed.byteLength) throw invalidFile(this.where, `field ${field} is cut short`);
      return ints;
    });
  }

  int(field: number): number | undefined {
    return this.ints(field).at(-1);
  }

  /** A repeated float. */
  floats(field: number): number[] {
    return this.numbers(field, (packed) => this.fixed(field, packed, 4, (view, at) => view.getFloat32(at, true)));
  }

  /** A repeated double. */
  doubles(field: number): number[] {
    return this.numbers(field, (packed) => this.fixed(field, packed, 8, (view, at) => view.getFloat64(at, true)));
  }

  private fixed(
    field: number,
    packed: Uint8Array,
    size: number,
    read: (view: DataView, at: number) => number,
  ): number[] {
    if (packed.byteLength % size !== 0) throw invalidFile(this.where, `field ${field} is cut short`);
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    return Array.from({ length: packed.byteLength / size }, (_, i) => read(view, i * size));
  }
}

function readValue(reader: PbfReader): number | Uint8Array {
  switch (reader.type) {
    case VARINT:
      return reader.readVarint(true);
    case BYTES:
      return reader.readBytes();
    case FIXED32:
      return reader.readFloat();
    case FIXED64:
      return reader.readDouble();
    default:
      throw new RangeError(`wire type ${reader.type} is unknown`);
  }
}
