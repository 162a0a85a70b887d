import { contacts } from './contacts.ts';
import { type Document, link, paragraph, soft } from './document.ts';
import { reference } from './reference.ts';
import { scenarioSection } from './scenario.ts';
import { anchors, type Subject } from './subject.ts';
import { upkeep } from './upkeep.ts';
import { aboutLine, whatToDo } from './what-to-do.ts';
import { CONTENTS, withWholeLinks } from './whole-links.ts';

/** The plan as a document, in the order in which a tired person needs it. */
export function planDocument(subject: Subject): Document {
  const { plan } = subject;
  return withWholeLinks({
    title: plan.plan.title,
    lead: [
      paragraph(soft(aboutLine(subject))),
      paragraph(link('Contents', CONTENTS), ' · ', link('Whom to call', anchors.contacts)),
    ],
    first: whatToDo(subject),
    sections: [
      contacts(subject),
      {
        id: anchors.scenarios,
        title: 'Scenarios',
        listed: true,
        page: true,
        blocks: [],
        sections: Object.keys(plan.scenarios).map((name) => scenarioSection(subject, name)),
      },
      ...reference(subject),
      ...upkeep(subject),
    ],
  });
}
