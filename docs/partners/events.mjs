// Prints what happens to the articles of some feeds, and goes on after a stop where it was.
//
//   npm install && node events.mjs section/world,section/sport place.txt
//
// EventSource reconnects by itself and says how far it had come. That place is kept in a file, too, so
// that nothing is missed while the program is not running.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { EventSource } from "eventsource";

const feeds = process.argv[2] ?? "all";
const file = process.argv[3] ?? "place.txt";
const site = process.env.NEWSFEED_URL ?? "http://localhost:8080";

let place = existsSync(file) ? readFileSync(file, "utf8") : "";

/** Does what an event is for, and only then takes note of having done it. */
function on(source, name, action) {
  source.addEventListener(name, (event) => {
    action(JSON.parse(event.data));
    if (event.lastEventId && event.lastEventId !== place) {
      place = event.lastEventId;
      writeFileSync(file, place);
    }
  });
}

function connect() {
  // the first time there is no place: any unknown one gives the feeds as they are now, and then the tail
  const query = new URLSearchParams({ feeds, windows: "", lastEventId: place || "start" });
  const source = new EventSource(`${site}/events?${query}`);
  on(source, "reset", () => console.log("reset"));
  on(source, "snapshot", (feed) =>
    console.log(`snapshot ${feed.feedId}: ${feed.entries.map((entry) => entry.articleId).join(" ")}`));
  for (const name of ["published", "updated", "corrected", "expired"]) {
    on(source, name, (article) => console.log(`${name} ${article.articleId} v${article.version}`));
  }
  on(source, "withdrawn", (notice) =>
    console.log(`withdrawn ${notice.articleId} v${notice.version}: ${notice.reason}`));
  source.onerror = () => {
    // refused, for instance while the gateway starts: EventSource itself does not try again
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1_000 + Math.random() * 2_000);
  };
}

connect();
