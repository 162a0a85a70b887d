import { makeAction } from './skeleton/action.ts';
import { wordsFrom } from './skeleton/write.ts';

const [provider, action] = wordsFrom(process.argv.slice(2), 'new-action PROVIDER VERB_OBJECT') as [string, string];
makeAction(provider, action);
