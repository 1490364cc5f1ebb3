// Tells the intake that this script came from which article a reader looks at:
//
//   <script async src="https://intake.example/newsfeed-click.js"></script>
//
// Which article: data-newsfeed-article of the script, or else of the first element that bears it (an id
// or an address; empty: none), or else the page's canonical address. A page without any of them tells
// nothing. Served without comments and needless blanks, in at most 1024 bytes: hence the short names.
((doc, nav, me) => {
  const to = new URL("v1/clicks", me.src).href;
  // what was told in which view, shared by all scripts on the page
  const told = doc.newsfeedTold ??= {};
  let view = 0;

  const look = async () => {
    if (doc.hidden || doc.readyState == "loading") return;
    const find = (css) => doc.querySelector(css);
    const id = me.dataset.newsfeedArticle
      ?? find("[data-newsfeed-article]")?.dataset.newsfeedArticle
      ?? find("link[rel~=canonical]")?.href;
    if (!id || told[to + id] >= view) return;
    told[to + id] = view;
    // the event's id makes a second attempt known as one
    const click = { [id.includes("/") ? "url" : "articleId"]: id, eventId: Date.now() + "." + Math.random() };
    const body = JSON.stringify(click);
    try {
      nav.sendBeacon?.(to, body) || await fetch(to, { method: "POST", body, keepalive: true });
    } catch {
      new Image().src = to + ".gif?" + new URLSearchParams(click);
    }
  };

  const watch = () => {
    const on = addEventListener;
    on("visibilitychange", look);
    on("DOMContentLoaded", look);
    on("pageshow", (event) => {
      // back from the browser's cache, as it was left: that is another view
      if (event.persisted) view = event.timeStamp;
      look();
    });
    look();
  };

  if (nav.doNotTrack == 1 || nav.globalPrivacyControl) return;
  // the page is visible before this event, and what it sends until then bears the mark of a prefetch
  doc.prerendering ? doc.addEventListener("prerenderingchange", watch) : watch();
})(document, navigator, document.currentScript);
