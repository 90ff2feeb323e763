import { describe, expect, it } from 'vitest';
import { contentOf } from '../../src/interop/formats/content.js';
import { formats } from '../../src/interop/formats/registry.js';
import { dense, model, recurrent } from '../checkpoint/randomModel.js';

const written = formats.members.flatMap(({ name, write }) => (write ? [{ name, write }] : []));

describe.each(written)('$name', ({ name, write }) => {
  const file = write(model({ input: 1, layers: [recurrent('lstm', 4)], output: dense(1) }));
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const content = contentOf(bytes);

  it('is what one format takes its own file for, and no other', () => {
    expect(formats.members.filter((format) => format.is(content)).map((format) => format.name)).toEqual([name]);
  });

  it('reads what it wrote', () => {
    const { definition } = formats.find(name)?.read(bytes, content, {}) ?? {};
    expect(definition?.layers).toEqual([recurrent('lstm', 4)]);
  });
});
