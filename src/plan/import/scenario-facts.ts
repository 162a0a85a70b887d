import type { PlanPath } from '../../model/finding.ts';
import { plain } from './blocks.ts';
import { riskIn } from './find-objectives.ts';
import type { Pair } from './pairs.ts';
import { durationIn, objectiveIn, spanIn } from './read-values.ts';
import type { Reading } from './reading.ts';

/** `RTO: 4 hours`, `Total time: 31 minutes`, `Likelihood: low`. True when all that is said is kept. */
export function readFact(reading: Reading, at: PlanPath, pair: Pair): boolean {
  const text = plain(pair.value);
  if (text === '') return false;
  const axis = axisOf(pair.key);
  if (axis) return readObjective(reading, at, pair, axis);
  if (TAKES.test(pair.key)) return readTakes(reading, at, pair);
  const { draft } = reading;
  const { key, lines } = pair;
  if (/data loss/i.test(key)) return draft.put([...at, 'states', 'loses'], text, lines);
  if (/^detect(ion)? (time|within)/i.test(key)) {
    const within = durationIn(text);
    return within !== undefined && draft.put([...at, 'detect_within'], within, lines) && isBare(text);
  }
  const risk = riskIn(text);
  if (risk === undefined) return false;
  if (/likelihood|probability/i.test(key)) return draft.put([...at, 'likelihood'], risk, lines);
  return /^(impact|damage)/i.test(key) && draft.put([...at, 'damage'], risk, lines);
}

const TAKES =
  /^(total|estimated|expected|approx\w*|target)?\s*(recovery |restoration |total |resolution |completion |to )?(time|duration)( to \w+| estimate)?$|^time to (recover|restore|complete)/i;

const axisOf = (key: string): 'rto' | 'rpo' | undefined =>
  /\brto\b|recovery time objective/i.test(key)
    ? 'rto'
    : /\brpo\b|recovery point objective/i.test(key)
      ? 'rpo'
      : undefined;

function readObjective({ draft, ask }: Reading, at: PlanPath, { value, lines }: Pair, axis: 'rto' | 'rpo'): boolean {
  const text = plain(value);
  const objective = objectiveIn(text);
  if (objective === undefined) ask(`What is meant by the ${axis.toUpperCase()} "${text}"?`, lines);
  return objective !== undefined && draft.put([...at, 'objectives', axis], objective, lines) && isBare(text);
}

/** `31 minutes ✅ within RTO of 30 minutes`: the time stands first, what is said of it behind. */
function readTakes({ draft }: Reading, at: PlanPath, { value, lines }: Pair): boolean {
  const text = plain(value);
  const first = text.split(/[✅❌✓✔(;]|\s+within\b/u)[0] as string;
  const takes = spanIn(first.trim());
  return takes !== undefined && draft.put([...at, 'states', 'takes'], takes, lines) && isBare(text);
}

/** A value and nothing beside it. */
const isBare = (text: string): boolean => /^[~<≤≈]?\s*[\d\s.,–-]*(to \d+ )?\s*[a-z-]*\.?$/i.test(text);
