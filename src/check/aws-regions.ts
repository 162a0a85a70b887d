import type { Plan } from '../model/plan.ts';

const regionIn = (domain: string | undefined): string | undefined =>
  /(?:^|\/)([a-z]{2}(?:-[a-z]+)+-\d)(?:\/|$)/.exec(domain ?? '')?.[1];

/** Where production runs. */
export const homeRegion = ({ environments }: Plan): string | undefined =>
  Object.values(environments)
    .filter((one) => one.protected)
    .map(({ domain }) => regionIn(domain))
    .find((region) => region !== undefined);

/** By what systems call a component: its region. What has the same name in two regions is left out. */
export function regionsOfIds({ components }: Plan): ReadonlyMap<string, string> {
  const all = Object.values(components).flatMap(({ domain, ids }) => {
    const region = regionIn(domain);
    return region === undefined ? [] : Object.values(ids).map((id): [string, string] => [id, region]);
  });
  return new Map(all.filter(([id, region]) => !all.some(([other, elsewhere]) => other === id && elsewhere !== region)));
}
