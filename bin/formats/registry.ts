import { Option } from 'commander';
import { registryOf } from '../../src/core/registry.js';
import { csv } from './csv.js';
import type { TableFormat } from './format.js';
import * as exports from './index.js';

/** All formats of tables, by their names. */
const formats = registryOf(exports, (format): TableFormat => format);

/** The format asked for, else by the file's ending, else CSV. */
export const formatFor = (file: string, named?: string): TableFormat =>
  formats.find(named) ?? formats.members.find(({ endings }) => endings.test(file)) ?? csv;

export const formatOption = () =>
  new Option('--format <format>', 'how to read the input (default: by the file’s ending, else csv)').choices(
    formats.members.map(({ name }) => name),
  );
