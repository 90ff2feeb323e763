import { invalidFile } from '../../checkpoint/invalidFile.js';
import { asArray, asObject, asString, describe } from '../../checkpoint/json.js';
import { importTfjs } from '../import/tfjs.js';
import { type FileContent, hasField, textOf, type WeightsFormat } from './format.js';

const WHERE = 'importWeights';

/** tfjs-layers' `model.json` beside its shards. */
export const tfjs: WeightsFormat = {
  name: 'tfjs',
  is: (content) => hasField(content, 'modelTopology', 'weightsManifest'),
  read: (_, content, options) => importTfjs(textOf(content), options.shards ?? {}),
  shards: shardsOf,
};

function shardsOf(content: FileContent): string[] {
  const { weightsManifest } = 'json' in content ? content.json : {};
  return asArray(weightsManifest, `${WHERE} weightsManifest`).flatMap((group) =>
    asArray(asObject(group, `${WHERE} weightsManifest`).paths, `${WHERE} paths`).map((path) => {
      const name = asString(path, `${WHERE} paths`);
      // The file must not lead a reader out of its folder.
      if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(name))
        throw invalidFile(WHERE, `names the shard ${describe(name)}`);
      return name;
    }),
  );
}
