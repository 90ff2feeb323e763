import { type Command, InvalidArgumentError, Option } from 'commander';
import { fitsOption, type OptionDeclaration, type OptionDeclarations, ruleOf } from '../src/core/options.js';

/** What stands for the value in the help text. */
const PLACEHOLDERS: Readonly<Record<string, string>> = { whole: 'n', wholes: 'n', number: 'x' };

/**
 * Adds a flag for each of the named options, as they are declared: name, range, default and help text.
 *
 *     addFlags(command, FORECAST_OPTIONS, ['horizon', 'units']);
 */
export function addFlags<Declared extends OptionDeclarations>(
  command: Command,
  declared: Declared,
  names: readonly (keyof Declared & string)[],
): Command {
  for (const name of names) {
    const { type, doc, default: usual }: OptionDeclaration = declared[name];
    const option = new Option(`--${name} <${PLACEHOLDERS[type] ?? 'value'}>`, doc).argParser((text: string) =>
      readFlag(declared[name], text),
    );
    command.addOption(usual === undefined ? option : option.default(usual));
  }
  return command;
}

/** The value that a flag's text stands for. @throws InvalidArgumentError where it is not as declared. */
export function readFlag(declaration: OptionDeclaration, text: string): unknown {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isList = declaration.type === 'wholes' && numbers.length > 1;
  const value = isList ? numbers : text.includes(',') ? text : numbers[0];
  if (fitsOption(declaration, value)) return value;
  throw new InvalidArgumentError(`It must be ${ruleOf(declaration)}.`);
}
