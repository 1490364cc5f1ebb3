// Most read, or the head of a feed, on any site:
//
//   <script async src="https://news.example/newsfeed-widget.js" data-list="most-read"></script>
//   <newsfeed-list list="feed" scope="section/world"></newsfeed-list>
//
// docs/widget.md says which attributes there are. Served without comments and the blanks that only people need, in
// less than 10 KB. Nothing is written as HTML and no style attribute is used: a page may forbid both.
(() => {
  const NAME = "newsfeed-list";
  const WINDOWS = { now: "Now", today: "Today", "this-week": "This week" };
  const CHANGES = ["published", "updated", "corrected", "withdrawn", "expired", "most-read", "reset"];
  const POLL_MS = 3e4;
  const CONFIRM_MS = 3e5;
  // a feed does not grow old, but what has been withdrawn must not stay where nobody hears of it
  const FEED_KEPT_MS = 9e5;
  const doc = document;
  const own = doc.currentScript;
  const scripts = () => [own, ...doc.querySelectorAll("script[src*='newsfeed-widget.js']")].filter(Boolean);

  const STYLE = `
:host{display:block}
:host([hidden]),[hidden]{display:none!important}
section{
--i:var(--newsfeed-ink,light-dark(#16171a,#eceae4));
--s:var(--newsfeed-soft,light-dark(#5c5d63,#a3a39f));
--l:var(--newsfeed-line,light-dark(#dcd8cd,#34363b));
--a:var(--newsfeed-accent,light-dark(#a3271f,#ff8d7e));
all:initial;color-scheme:inherit;display:block;box-sizing:border-box;
padding:var(--newsfeed-padding,1em 1.15em .5em);
border:var(--newsfeed-border,1px solid var(--l));
border-radius:var(--newsfeed-radius,6px);
background:var(--newsfeed-background,light-dark(#fcfbf8,#131417));
color:var(--i);
font:var(--newsfeed-font-size,16px)/1.35 var(--newsfeed-font,system-ui,sans-serif);
overflow-wrap:anywhere}
h2{margin:0;font-size:1.2em;line-height:1.25}
[role=tablist]{display:flex;flex-wrap:wrap;gap:0 1.1em;margin-top:.4em;border-bottom:1px solid var(--l)}
button{min-height:2.4em;margin:0 0 -1px;padding:0;border:0;border-bottom:2px solid transparent;background:none;
color:var(--s);font:inherit;font-size:.94em;font-weight:600;cursor:pointer}
[aria-selected=true]{border-color:var(--a);color:var(--i)}
ol{margin:0;padding:0;list-style:none}
li{display:flex;gap:.8em;padding:.7em 0}
li+li{border-top:1px solid var(--l)}
span{min-width:.8em;color:var(--a);font:700 1.5em/1 var(--newsfeed-rank-font,Charter,Cambria,Georgia,serif)}
a{color:var(--i);font-weight:600;text-decoration:none;text-wrap:pretty}
a:hover{text-decoration:underline}
:focus-visible{outline:3px solid var(--a);outline-offset:2px}
p{margin:.2em 0;color:var(--s);font-size:.8125em}`;

  const node = (tag, attributes, ...children) => {
    const element = doc.createElement(tag);
    for (const name in attributes) {
      if (attributes[name] != null) element.setAttribute(name, attributes[name]);
    }
    element.append(...children);
    return element;
  };

  // ---- a gateway: its clock, its event stream, and its widgets on this page ----

  const gateway = (base) => {
    const widgets = new Set();
    const gone = new Set();
    // so that the pages of a site do not all ask at once
    const jitter = 1 + Math.random() / 2;
    let source, due, again, last = "", asked = 0, ahead = NaN;

    // The gateway's time; between two answers a clock tells it that nobody can set.
    const now = () => performance.now() + ahead;

    // The browser asks with the ETag it has. A cache may have kept the answer, so its age counts.
    const get = async (path) => {
      const response = await fetch(base + path, { cache: "no-cache", credentials: "omit" });
      const { headers } = response;
      const date = Date.parse(headers.get("Date")) || Date.now();
      ahead = date + 1e3 * headers.get("Age") - performance.now();
      return response.ok ? response.json() : null;
    };

    const load = () => {
      asked = performance.now();
      for (const each of widgets) each.load();
    };

    const later = () => {
      clearTimeout(again);
      again = setTimeout(load, 1e3 + 2e3 * Math.random());
    };

    const connect = () => {
      source?.close();
      source = null;
      if (!widgets.size || doc.hidden) return;
      const query = { feeds: [...widgets].map((each) => each.scope), windows: Object.keys(WINDOWS), lastEventId: last };
      source = new EventSource(base + "events?" + new URLSearchParams(query));
      source.onopen = load;
      source.onerror = tick;
      for (const name of CHANGES) {
        source.addEventListener(name, (event) => {
          last = event.lastEventId || last;
          const data = JSON.parse(event.data);
          if (name == "reset") {
            gone.clear();
            load();
            return;
          }
          if (name == "withdrawn" || name == "expired") gone.add(data.articleId);
          else gone.delete(data.articleId);
          for (const each of widgets) each.hear(data, data.articleId);
        });
      }
    };

    const tick = () => {
      if (doc.hidden) return;
      let wait = source?.readyState == 1 ? CONFIRM_MS : POLL_MS;
      for (const each of widgets) {
        each.show();
        if (each.curated) wait = POLL_MS;
      }
      if (asked && performance.now() - asked < wait * jitter) return;
      load();
      // refused, for instance while the gateway starts: the browser itself does not try again
      if (source?.readyState == 2) connect();
    };

    // all that a page adds or removes in one go is one connection
    const changed = () => {
      clearTimeout(due);
      due = setTimeout(connect);
    };

    doc.addEventListener("visibilitychange", connect);
    setInterval(tick, 5e3);
    return { base, widgets, gone, now, get, later, changed };
  };

  const gateways = {};

  // ---- a list in its place ----

  const widget = (host, box, { base, widgets, gone, now, get, later }) => {
    const attribute = (name, otherwise = "") => host.getAttribute(name) ?? otherwise;
    const isFeed = attribute("list") == "feed";
    const scope = attribute("scope", "all");
    const curated = scope.startsWith("curated/");
    const asked = attribute("windows").split(",").filter((each) => WINDOWS[each]);
    const windows = isFeed ? ["feed"] : asked[0] ? asked : Object.keys(WINDOWS);
    const count = Math.min(+attribute("entries") || 7, 100);
    const language = host.closest("[lang]")?.lang || undefined;
    const title = attribute("heading", isFeed ? "Latest news" : "Most read");
    const root = box.getRootNode();
    const lists = {};
    let chosen = attribute("window"), shown, drawn;

    const load = () => {
      for (const window of windows) {
        const path = isFeed
          ? "feeds/" + encodeURI(scope) + ".json?limit=" + count
          : "most-read/" + window + "?scope=" + encodeURIComponent(scope);
        // away: what is shown stays until it is stale
        get(path).then((list) => take(window, list), () => {});
      }
    };

    // null: the gateway does not know it, or no longer
    const take = (window, list) => {
      if (new Date(lists[window]?.asOf) > new Date(list?.asOf)) return;
      lists[window] = list;
      if (list?.items) {
        list.staleAfter = now() + FEED_KEPT_MS;
        list.entries = list.items.map((item) => ({
          articleId: item.id,
          ...item._newsfeed,
          headline: item.title,
          url: item.url,
          language: item.language,
        }));
      }
      show();
    };

    const hear = (data, id) => {
      if (data.entries) {
        if (data.scope == scope && !data.edition && windows.includes(data.window)) take(data.window, data);
        return;
      }
      const stays = !gone.has(id) && (!isFeed || data.feeds.includes(scope));
      let known;
      for (const window in lists) {
        const entries = lists[window]?.entries || [];
        const at = entries.findIndex((entry) => entry.articleId == id);
        if (at < 0) continue;
        known = true;
        entries[at].headline = data.headline;
        if (!stays) {
          entries.splice(at, 1);
          // the next one comes in from below
          later();
        }
      }
      if (isFeed && stays && !known) {
        const entries = !curated && lists.feed?.entries;
        if (entries) {
          entries.push(data);
          entries.sort((a, b) => new Date(b.feedTime) - new Date(a.feedTime));
        } else {
          later();
        }
      }
      show(!stays);
    };

    const entriesOf = (window) =>
      (lists[window]?.entries || []).filter((entry) => !gone.has(entry.articleId)).slice(0, count);

    // must: something is shown that is to be shown no more
    const show = (must) => {
      if (!widgets.has(self)) return;
      const usable = windows.filter((each) => entriesOf(each)[0] && now() <= new Date(lists[each].staleAfter));
      const window = usable.includes(chosen) ? chosen : usable[0];
      const entries = entriesOf(window);
      host.hidden = !window;
      // what a reader is about to choose does not move away under the pointer
      if (window && window == shown && !must && box.querySelector("ol:hover") && matchMedia("(hover)").matches) return;
      const state = JSON.stringify([usable, window, entries, lists[window]?.asOf]);
      if (state == drawn) return;
      drawn = state;
      shown = window;
      const focused = root.activeElement?.id;
      box.replaceChildren(...(window ? content(usable, entries) : []));
      focus(focused);
    };

    const focus = (id) => id && root.getElementById(id)?.focus({ preventScroll: true });

    const content = (usable, entries) => {
      const { asOf, widenedToMinutes: wider } = lists[shown];
      const parts = title ? [node("h2", { part: "heading" }, title)] : [];
      const panel = node("div", { part: "panel" }, node("ol", { part: "list", role: "list" }, ...entries.map(row)));
      if (asOf) {
        const line = node("p", { part: "as-of" }, attribute("label-as-of", "As of"), " ", time(asOf));
        if (wider) {
          const unit = { style: "unit", unit: "hour", unitDisplay: "long" };
          line.append(" · ", (wider / 60).toLocaleString(language, unit));
        }
        panel.append(line);
      }
      if (windows[1]) {
        panel.id = "panel";
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", shown);
        parts.push(tabs(usable));
      }
      return [...parts, panel];
    };

    const choose = (window) => {
      chosen = window;
      show();
      focus(window);
    };

    const tabs = (usable) => {
      const bar = node("div", { part: "tabs", role: "tablist", "aria-label": title || scope });
      for (const window of usable) {
        const selected = window == shown;
        const tab = node("button", {
          part: selected ? "tab selected" : "tab",
          id: window,
          role: "tab",
          tabindex: selected ? 0 : -1,
          "aria-selected": selected,
          "aria-controls": "panel",
        }, attribute("label-" + window, WINDOWS[window]));
        tab.onclick = () => choose(window);
        bar.append(tab);
      }
      bar.onkeydown = (event) => {
        const forth = getComputedStyle(bar).direction == "rtl" ? -1 : 1;
        const at = usable.indexOf(shown);
        const next = { ArrowRight: at + forth, ArrowLeft: at - forth, Home: 0, End: -1 }[event.key];
        if (next == null) return;
        event.preventDefault();
        choose(usable.at(next % usable.length));
      };
      return bar;
    };

    const row = (entry, i) => {
      const url = new URL(entry.url || "articles/" + encodeURIComponent(entry.articleId), base);
      const target = host.getAttribute("target");
      const link = node("a", {
        part: "link",
        id: "a-" + entry.articleId,
        href: /^https?:$/.test(url.protocol) ? url : null,
        dir: "auto",
        lang: entry.language,
        target,
        rel: host.getAttribute("rel") ?? (target && "noopener"),
      }, entry.headline);
      return isFeed
        ? node("li", { part: "entry" }, node("div", {}, link, node("p", {}, time(entry.feedTime))))
        : node("li", { part: "entry" }, node("span", { part: "rank" }, (i + 1).toLocaleString(language)), link);
    };

    const time = (at) => {
      const text = new Date(at).toLocaleString(language, { dateStyle: isFeed ? "medium" : undefined, timeStyle: "short" });
      return node("time", { part: "time", datetime: at }, text);
    };

    box.onpointerleave = () => show();
    const self = { scope, curated, load, hear, show };
    return self;
  };

  // the second one that is loaded finds everything there
  customElements.get(NAME) || customElements.define(NAME, class extends HTMLElement {
    connectedCallback() {
      this.hidden = true;
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE.replace("inherit", this.getAttribute("theme") || "inherit"));
      root.adoptedStyleSheets = [sheet];
      const box = node("section", { part: "box" });
      root.replaceChildren(box);
      const base = new URL(".", new URL(this.getAttribute("src") || scripts()[0]?.src, doc.baseURI)).href;
      this.gateway = gateways[base] ??= gateway(base);
      this.widget = widget(this, box, this.gateway);
      this.gateway.widgets.add(this.widget);
      this.gateway.changed();
    }

    disconnectedCallback() {
      this.gateway.widgets.delete(this.widget);
      this.gateway.changed();
    }
  });

  // a module has no currentScript, so all that were not seen yet are looked at
  const place = () => {
    for (const script of scripts()) {
      const { list, into } = script.dataset;
      const target = into ? doc.querySelector(into) : script.closest("body") && script;
      if (!list || !target || script[NAME]) continue;
      const element = (script[NAME] = node(NAME));
      for (const { name, value } of script.attributes) {
        if (/^(src|lang|dir|data-.*)$/.test(name)) element.setAttribute(name.replace("data-", ""), value);
      }
      target[into ? "append" : "after"](element);
    }
  };
  place();
  doc.addEventListener("DOMContentLoaded", place);
})();
