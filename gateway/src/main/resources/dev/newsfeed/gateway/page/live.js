"use strict";

// The pages are whole without this. With it they stay up to date: new articles come in at the top,
// withdrawn ones go, most-read lists move on. Nothing here is ever written as HTML from data.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = document.body.dataset;

// ---- times -------------------------------------------------------------------------------------

const dayMs = 24 * 60 * 60 * 1000;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function since(iso) {
  const ms = Date.now() - Date.parse(iso);
  if (Number.isNaN(ms) || ms < 0 || ms >= dayMs) return null;
  if (ms < 60_000) return "just now";
  return ms < 3_600_000
    ? relative.format(-Math.floor(ms / 60_000), "minute")
    : relative.format(-Math.floor(ms / 3_600_000), "hour");
}

function showTimes() {
  for (const time of $$("time[datetime]:not([data-exact])")) {
    const text = since(time.dateTime);
    if (text) {
      time.title ||= new Date(time.dateTime).toLocaleString();
      time.textContent = text;
    }
  }
}

// ---- all news ----------------------------------------------------------------------------------

function selector(articleId) {
  return `[data-article="${CSS.escape(articleId)}"]`;
}

function fill(item, entry) {
  const href = "/articles/" + encodeURIComponent(entry.articleId);
  item.dataset.article = entry.articleId;
  item.dataset.version = entry.version;
  const link = $(".story-link", item);
  link.href = href;
  link.textContent = entry.headline;
  const lead = $(".story-lead", item);
  if (lead) lead.textContent = entry.lead || "";
  const section = $(".story-section", item);
  if (section && entry.section) {
    section.href = "/section/" + encodeURIComponent(entry.section.slug);
    section.textContent = entry.section.title;
  } else if (section) {
    section.remove();
  }
  const kind = $(".story-kind", item);
  if (kind && item.classList.contains("fresh")) {
    if (entry.kind === "article") kind.remove();
    else kind.textContent = kindTitle(entry);
  }
  const time = $("time", item);
  if (time) {
    time.dateTime = entry.feedTime;
    time.textContent = since(entry.feedTime) || new Date(entry.feedTime).toLocaleString();
  }
  const photo = $("a.story-photo", item);
  if (photo && photo.hidden && entry.photo) {
    photo.hidden = false;
    photo.href = href;
    photo.tabIndex = -1;
    photo.setAttribute("aria-hidden", "true");
    $("img", photo).src = entry.photo.url;
  } else if (photo && photo.hidden) {
    photo.remove();
  }
  if (entry.correction && !$(".corrected", item)) {
    const mark = document.createElement("span");
    mark.className = "corrected";
    mark.textContent = "Corrected";
    $(".kicker", item).append(mark);
  }
}

function kindTitle(entry) {
  const title = entry.kind === "gallery" ? "Photo gallery" : entry.kind.replace("-", " ");
  const text = title.charAt(0).toUpperCase() + title.slice(1);
  return entry.kind === "gallery" && entry.photoCount ? `${text}, ${entry.photoCount} photos` : text;
}

function isFirstPage() {
  return !new URLSearchParams(location.search).has("after");
}

let arrivals = 0;

function arrived(entry) {
  const list = $("#stories");
  const shown = $("#all-news");
  if (!list || !shown) return;
  const known = $(selector(entry.articleId), list);
  const belongs = entry.feeds.includes(shown.dataset.feed);
  const newestFirst = !shown.dataset.feed.startsWith("curated/"); // else the order is an editor's
  if (known && !belongs) {
    known.remove();
  } else if (known) {
    fill(known, entry);
    highlight(known);
  } else if (belongs && newestFirst && isFirstPage()) {
    insert(list, entry);
  }
}

function insert(list, entry) {
  const others = $$("li.story", list);
  const before = others.find((other) => Date.parse($("time", other).dateTime) <= Date.parse(entry.feedTime));
  if (!before && others.length > 0) return; // older than all that is shown: it is behind "more news"
  const item = $("#story-template").content.firstElementChild.cloneNode(true);
  fill(item, entry);
  list.insertBefore(item, before || null);
  $("#none")?.remove();
  highlight(item);
  arrivals++;
  const status = $("#arrived");
  if (status) status.textContent = arrivals === 1 ? "1 new story" : `${arrivals} new stories`;
}

function highlight(item) {
  item.classList.remove("fresh");
  void item.offsetWidth; // the animation begins again
  item.classList.add("fresh");
}

function updateEverywhere(entry) {
  for (const place of $$(selector(entry.articleId))) {
    const headline = $("h2 a, h3 a, .strip-title, .read-text a", place);
    if (headline && headline.textContent !== entry.headline) headline.textContent = entry.headline;
  }
}

function gone(entry) {
  for (const place of $$("main " + selector(entry.articleId))) place.remove();
  if (data.article === entry.articleId) location.reload(); // the page becomes its notice
}

// ---- more news, section filter -----------------------------------------------------------------

async function load(href) {
  const response = await fetch(href, { headers: { Accept: "text/html" }, cache: "no-cache" });
  if (!response.ok) throw new Error(`${href}: ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function appendMore(link) {
  link.setAttribute("aria-busy", "true");
  const page = await load(link.href);
  const list = $("#stories");
  const first = $("#stories > li", page);
  for (const item of $$("#stories > li", page)) {
    if (!$(selector(item.dataset.article), list)) list.append(item);
  }
  const next = $("#more", page);
  if (next) link.href = next.href;
  else link.parentElement.remove();
  link.removeAttribute("aria-busy");
  showTimes();
  if (first) $(selector(first.dataset.article) + " .story-link", list)?.focus({ preventScroll: true });
}

async function showSection(href) {
  const page = await load(href);
  $("#all-news").replaceWith($("#all-news", page));
  arrivals = 0;
  showTimes();
  $('#filter [aria-current="true"]')?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = event.target.closest("a");
  if (!plain || !link) return;
  if (link.id === "more" && isFirstPage()) {
    event.preventDefault();
    appendMore(link).catch(() => location.assign(link.href));
  } else if (link.closest("#filter") && isFirstPage()) {
    event.preventDefault();
    showSection(link.href)
      .then(() => history.pushState(null, "", link.href))
      .catch(() => location.assign(link.href));
  }
});

window.addEventListener("popstate", () => {
  if ($("#filter")) showSection(location.href).catch(() => location.reload());
});

// ---- most read ---------------------------------------------------------------------------------

function makeTabs() {
  const box = $("#most-read");
  if (!box) return;
  const bar = $("#most-read-tabs");
  const panels = $$(".panel", box);
  bar.setAttribute("role", "tablist");
  bar.setAttribute("aria-labelledby", "most-read-title");
  bar.hidden = false;
  for (const panel of panels) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = "tab-" + panel.dataset.window;
    tab.textContent = panel.dataset.label;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(panel.dataset.window));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    $(".panel-title", panel).hidden = true;
    bar.append(tab);
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = $$("button", bar);
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
  choose(panels[0].dataset.window);
}

function choose(window) {
  for (const panel of $$("#most-read .panel")) {
    const chosen = panel.dataset.window === window;
    panel.hidden = !chosen;
    const tab = $("#tab-" + CSS.escape(panel.dataset.window));
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
}

function text(tag, className, content) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

// a list with nobody from before has only begun: not everyone in it is news
function movement(entry, isFresh) {
  if (entry.pinned) return ["pinned", "put here by the editors"];
  const before = entry.previousRank;
  if (!before) return isFresh ? ["same", "not compared yet"] : ["new", "new in the list"];
  if (before > entry.rank) return ["up", "up from " + before];
  if (before < entry.rank) return ["down", "down from " + before];
  return ["same", "unchanged"];
}

function readRow(entry, isFresh) {
  const row = document.createElement("li");
  row.dataset.article = entry.articleId;
  const rank = text("span", "rank", entry.rank);
  rank.setAttribute("aria-hidden", "true");
  const link = text("a", "", entry.headline);
  link.href = "/articles/" + encodeURIComponent(entry.articleId);
  const [move, moved] = movement(entry, isFresh);
  const mark = text("span", "move " + move, "");
  mark.title = moved;
  mark.append(text("span", "hidden-text", moved));
  const count = text("span", "read-count", "");
  count.append(text("span", "count", `${entry.reads} ${entry.reads === 1 ? "read" : "reads"}`), mark);
  const body = text("span", "read-text", "");
  body.append(link, " ", count);
  row.append(rank, body);
  return row;
}

const STALE = "not up to date";

function showList(list) {
  const box = $("#most-read");
  if (!box || box.dataset.scope !== list.scope || list.edition) return;
  const panel = $(`.panel[data-window="${CSS.escape(list.window)}"]`, box);
  if (!panel) return;
  const rows = $("ol", panel);
  if (!rows.contains(document.activeElement)) {
    const isFresh = list.entries.every((entry) => !entry.previousRank);
    rows.replaceChildren(...list.entries.slice(0, 7).map((entry) => readRow(entry, isFresh)));
  }
  if (list.entries.length > 0) $(".none", panel)?.remove();
  const time = document.createElement("time");
  time.dateTime = list.asOf;
  time.dataset.exact = "";
  time.textContent = new Date(list.asOf).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const age = $(".as-of", panel);
  age.dataset.staleAfter = list.staleAfter;
  age.replaceChildren("As of ", time);
  if (list.widenedToMinutes) note(age, `last ${list.widenedToMinutes / 60} hours`);
  if (list.catchingUp) note(age, "still counting");
  markStale();
}

function note(age, words) {
  age.append(" ", text("span", "note", words));
}

// a list that has stopped moving must not pass for the present one, also when nothing more comes
function markStale() {
  for (const age of $$("#most-read .as-of[data-stale-after]")) {
    const noted = $$(".note", age).some((each) => each.textContent === STALE);
    if (!noted && Date.now() > Date.parse(age.dataset.staleAfter)) note(age, STALE);
  }
}

// ---- read also ---------------------------------------------------------------------------------

async function showReadAlso(list) {
  const box = $("#read-also");
  if (!box || box.dataset.etag === list.etag) return;
  const page = await load(location.href);
  const fresh = $("#read-also", page);
  if (fresh && !box.contains(document.activeElement)) box.replaceWith(fresh);
}

// ---- live --------------------------------------------------------------------------------------

function showLive(on) {
  const mark = $("#live");
  mark.hidden = false;
  mark.classList.toggle("off", !on);
  $("#live-text").textContent = on ? "Live" : "Connecting";
}

function connect(lastEventId) {
  const scope = $("#most-read")?.dataset.scope || "all";
  const feeds = scope === "all" ? "all" : "all," + scope;
  const query = new URLSearchParams({ feeds, lastEventId });
  if (data.article) query.set("related", data.article);
  const source = new EventSource("/events?" + query);
  let last = lastEventId;
  const on = (name, action) =>
    source.addEventListener(name, (event) => {
      last = event.lastEventId || last;
      action(JSON.parse(event.data));
    });
  for (const name of ["published", "updated", "corrected"]) {
    on(name, (entry) => {
      arrived(entry);
      updateEverywhere(entry);
    });
  }
  for (const name of ["withdrawn", "expired"]) on(name, gone);
  on("most-read", showList);
  on("read-also", (list) => showReadAlso(list).catch(() => undefined)); // the next change tries again
  on("reset", () => {
    source.close();
    location.reload();
  });
  source.onopen = () => showLive(true);
  source.onerror = () => {
    showLive(false);
    if (source.readyState === EventSource.CLOSED) {
      // refused, for instance while the gateway starts: the browser itself would not try again
      setTimeout(() => connect(last), 3_000 + Math.random() * 4_000);
    }
  };
}

showTimes();
setInterval(showTimes, 30_000);
setInterval(markStale, 10_000);
makeTabs();
connect(data.position);
