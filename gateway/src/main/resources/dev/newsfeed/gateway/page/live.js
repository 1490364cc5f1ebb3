"use strict";

// The pages are whole without this. With it they stay up to date: new articles come in, withdrawn
// ones go, lists move on. Nothing here is ever written as HTML from an event's data: what needs more
// than texts and addresses is taken from the page itself, loaded anew.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = document.body.dataset;

function ofArticle(articleId) {
  return `[data-article="${CSS.escape(articleId)}"]`;
}

// ---- times, as the newsroom's clock has them ---------------------------------------------------

// the reader's own where her browser does not know the newsroom's
function zone() {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: data.zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const zoned = (locale, options) => new Intl.DateTimeFormat(locale, { timeZone: zone(), ...options });
const isoDay = zoned("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });
const clock = zoned("en-GB", { hour: "2-digit", minute: "2-digit" });
const date = zoned("en-GB", { day: "numeric", month: "short" });
const longDate = zoned("en-GB", { day: "numeric", month: "long", year: "numeric" });
const moment = (iso) => `${longDate.format(Date.parse(iso))}, ${clock.format(Date.parse(iso))}`;

// within the hour how long ago it was, today the clock, else the date
function when(iso) {
  const at = Date.parse(iso);
  const agoMs = Date.now() - at;
  if (agoMs >= 0 && agoMs < 60_000) return "just now";
  if (agoMs >= 0 && agoMs < HOUR_MS) return `${Math.floor(agoMs / 60_000)} min ago`;
  if (isoDay.format(at) === isoDay.format(Date.now())) return clock.format(at);
  const year = (ms) => isoDay.format(ms).slice(0, 4);
  return date.format(at) + (year(at) === year(Date.now()) ? "" : " " + year(at));
}

function dayTitle(day) {
  if (day === isoDay.format(Date.now())) return "Today";
  if (day === isoDay.format(Date.now() - DAY_MS)) return "Yesterday";
  return longDate.format(Date.parse(day + "T12:00:00Z"));
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function showTimes() {
  for (const time of $$("time[datetime]:not([data-exact])")) write(time, when(time.dateTime));
  for (const day of $$(".day[data-day]")) write($(".day-title", day), dayTitle(day.dataset.day));
}

// ---- what those hear who do not see it ---------------------------------------------------------

let saidArrivals = 0;

function say(text) {
  write($("#status"), text);
}

// a newsroom that publishes by the minute must not talk all the time
function sayArrivals() {
  if (Date.now() - saidArrivals < 60_000) return;
  saidArrivals = Date.now();
  say("There are new stories");
}

// ---- pages, loaded in part ---------------------------------------------------------------------

async function load(href) {
  const response = await fetch(href, { headers: { Accept: "text/html" }, cache: "no-cache" });
  if (response.status >= 500) throw new Error(`${href}: ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// This page becomes another state of itself: an article its notice, a list what it is after a gap.
function become(page) {
  const chosen = $('#most-read-tabs [aria-selected="true"]')?.id;
  const focused = document.activeElement.id;
  $("main").replaceWith($("main", page));
  document.title = page.title;
  const ofArticle = '[data-of-article], [type="application/ld+json"]';
  for (const told of $$(ofArticle, document.head)) told.remove();
  document.head.append(...$$(ofArticle, page.head));
  for (const name of ["article", "version"]) {
    if (name in page.body.dataset) data[name] = page.body.dataset[name];
    else delete data[name];
  }
  pending.clear();
  prepare();
  if (chosen) choose($("#" + chosen));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

const stale = new Set();

// Parts of this page are no longer what the gateway would show. Many readers are told at the same
// moment: they do not all ask at once.
function refresh(...ids) {
  const first = stale.size === 0;
  ids.forEach((id) => stale.add(id));
  if (first) setTimeout(replaceStale, 200 + Math.random() * 1_800);
}

async function replaceStale() {
  const ids = [...stale];
  stale.clear();
  const page = await load(location.href).catch(() => null);
  if (!page) return refresh(...ids);
  for (const id of ids) {
    const shown = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!shown || !fresh) continue;
    if (shown.contains(document.activeElement)) {
      // not under the hands of somebody who goes through it by keyboard
      shown.addEventListener("focusout", () => refresh(id), { once: true });
    } else {
      shown.replaceWith(fresh);
    }
  }
  showTimes();
}

// ---- the list of stories -----------------------------------------------------------------------

const pending = new Map();

function isFirstPage() {
  return !new URLSearchParams(location.search).has("after");
}

function arrive(entry) {
  const shown = $("#all-news");
  if (!shown || shown.dataset.curated) return; // an editor's order is told by itself
  const known = $(ofArticle(entry.articleId), shown);
  pending.delete(entry.articleId);
  if (!entry.feeds.includes(shown.dataset.feed)) {
    if (known) remove(known);
  } else if (known && $("time", known).dateTime === entry.feedTime) {
    fill(known, entry);
  } else if (isFirstPage()) {
    if (known) remove(known); // it has another place now
    pending.set(entry.articleId, entry);
  }
  if (document.hidden || !startIsInSight()) showPending();
  offerPending();
}

// What comes in must not move what is being read. Above the window the browser keeps the place.
function startIsInSight() {
  const top = $("#stories").getBoundingClientRect().top;
  return top > 0 && top < innerHeight;
}

function offerPending() {
  const button = $("#arrived");
  button.hidden = pending.size === 0;
  write(button, pending.size === 1 ? "1 new story" : `${pending.size} new stories`);
  if (pending.size > 0) sayArrivals();
}

function showPending() {
  const entries = [...pending.values()].sort((a, b) => Date.parse(a.feedTime) - Date.parse(b.feedTime));
  pending.clear();
  const heightBefore = document.documentElement.scrollHeight;
  const above = $("#stories").getBoundingClientRect().top <= 0;
  const items = entries.map(insert).filter(Boolean);
  if (above && !CSS.supports("overflow-anchor", "auto")) {
    scrollBy(0, document.documentElement.scrollHeight - heightBefore);
  }
  if (items.length > 0) sayArrivals();
  return items.at(-1);
}

function insert(entry) {
  const list = $("#stories");
  const before = $$("li.story", list).find((other) => Date.parse($("time", other).dateTime) <= Date.parse(entry.feedTime));
  if (!before && $("#more")) return null; // older than all that is shown
  const item = $("#story-template").content.firstElementChild.cloneNode(true);
  fill(item, entry);
  const day = dayOf(list, isoDay.format(Date.parse(entry.feedTime)));
  $("ol", day).insertBefore(item, before && day.contains(before) ? before : null);
  $("#none")?.remove();
  highlight(item);
  return item;
}

function dayOf(list, day) {
  const days = $$(".day", list);
  const known = days.find((other) => other.dataset.day === day);
  if (known) return known;
  const made = $("#day-template").content.firstElementChild.cloneNode(true);
  made.dataset.day = day;
  write($(".day-title", made), dayTitle(day));
  list.insertBefore(made, days.find((other) => other.dataset.day < day) || null);
  return made;
}

function kindTitle(entry) {
  const title = entry.kind === "gallery" ? "Photo gallery" : entry.kind.replace("-", " ");
  const text = title.charAt(0).toUpperCase() + title.slice(1);
  const photos = entry.photoCount === 1 ? "1 photo" : `${entry.photoCount} photos`;
  return entry.kind === "gallery" && entry.photoCount ? `${text}, ${photos}` : text;
}

// Puts an entry into the copy of a template, or what has changed of it into what stands there.
function fill(item, entry) {
  const isNew = !item.dataset.article;
  const href = "/articles/" + encodeURIComponent(entry.articleId);
  item.dataset.article = entry.articleId;
  item.dataset.version = entry.version;
  const set = (selector, text, address) => {
    const element = $(selector, item);
    if (!element) return;
    if (!text) return element.remove();
    write(element, text);
    if (address) element.href = address;
  };
  set(".story-link", entry.headline, href);
  if (entry.language) $(".story-link", item).lang = entry.language;
  set(".story-lead", entry.lead);
  set(".story-section", entry.section?.title, entry.section && "/section/" + encodeURIComponent(entry.section.slug));
  if (isNew) {
    set(".story-kind", entry.kind === "article" ? "" : kindTitle(entry));
    const time = $("time", item);
    time.dateTime = entry.feedTime;
    time.title = moment(entry.feedTime);
    write(time, when(entry.feedTime));
    if (!entry.correction) $(".corrected", item).remove();
    const photo = $(".story-photo", item);
    if (!entry.photo) return photo.remove();
    photo.href = href;
    $("img", photo).src = entry.photo.url;
  } else if (entry.correction && !$(".corrected", item)) {
    $(".kicker", item).append($("#story-template").content.querySelector(".corrected").cloneNode(true));
  }
}

function highlight(item) {
  item.classList.remove("fresh");
  void item.offsetWidth; // the animation begins again
  item.classList.add("fresh");
}

// Takes something off the page; who was on it by keyboard goes on at the next one.
function remove(item) {
  const day = item.closest(".day");
  if (item.contains(document.activeElement)) {
    const next = item.nextElementSibling || item.previousElementSibling;
    ($("a:not([tabindex])", next || item.parentElement) || $("main")).focus({ preventScroll: true });
  }
  item.remove();
  if (day && !$("li", day)) day.remove();
}

// ---- articles, wherever they stand -------------------------------------------------------------

function changed(entry) {
  for (const place of $$(ofArticle(entry.articleId))) {
    if (place === document.body || entry.version <= Number(place.dataset.version || 0)) continue;
    if (place.dataset.version) place.dataset.version = entry.version;
    write($(".story-link, .read-text a", place), entry.headline);
  }
  for (const strip of $$("[data-strip]")) {
    const has = $(ofArticle(entry.articleId), strip);
    if (Boolean(has) !== entry.feeds.includes(strip.dataset.strip)) refresh(strip.id);
  }
  if (data.article === entry.articleId && entry.version > Number(data.version)) renewed(entry);
}

// Nobody's text is exchanged while they read it.
function renewed(entry) {
  const link = document.createElement("a");
  link.href = "";
  link.textContent = "Read the new version";
  $("#renewed").replaceChildren(
    entry.correction && entry.change === "corrected" ? "This article was corrected. " : "This article was updated. ", link);
}

function gone(entry) {
  pending.delete(entry.articleId);
  for (const place of $$("main " + ofArticle(entry.articleId))) {
    const part = place.closest("#top, [data-strip]");
    if (part) refresh(part.id); // somebody else takes the place
    remove(place);
  }
  if ($("#all-news")) offerPending();
}

function withdrawn(entry) {
  gone(entry);
  if (data.article !== entry.articleId) return;
  // the text goes now, the notice comes as soon as the gateway answers
  $("main").replaceChildren();
  notice();
}

function notice() {
  load(location.href)
    .then(become)
    .then(() => say($("h1")?.textContent))
    .catch(() => setTimeout(notice, 2_000));
}

// ---- more news, section filter -----------------------------------------------------------------

async function appendMore(link) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  const page = await load(link.href);
  const list = $("#stories");
  const added = [];
  for (const day of $$("#stories > .day", page)) {
    const into = dayOf(list, day.dataset.day);
    for (const item of $$("li.story", day)) {
      if (!item.dataset.article || !$(ofArticle(item.dataset.article), list)) {
        $("ol", into).append(item);
        added.push(item);
      }
    }
  }
  const next = $("#more", page);
  if (next) {
    link.href = next.href;
    link.removeAttribute("aria-busy");
  } else {
    link.parentElement.remove();
  }
  showTimes();
  say(added.length === 1 ? "1 more story" : `${added.length} more stories`);
  if (added[0]) $(".story-link", added[0]).focus({ preventScroll: true });
}

async function showSection(href) {
  const page = await load(href);
  const fresh = $("#all-news", page);
  if (!fresh) throw new Error("there is no such section");
  pending.clear();
  $("#all-news").replaceWith(fresh);
  showTimes();
}

// The choice stays in this browser. Where nothing can be kept, nothing is.
const remembered = {
  get: () => { try { return localStorage.getItem("newsfeed-section") || ""; } catch { return ""; } },
  set: (section) => {
    try {
      if (section) localStorage.setItem("newsfeed-section", section);
      else localStorage.removeItem("newsfeed-section");
    } catch { /* as before */ }
  },
};

let shownSearch = location.search;

function chooseSection(link) {
  const section = link.dataset.section;
  showSection(link.href)
    .then(() => {
      remembered.set(section);
      history.pushState(null, "", link.href);
      shownSearch = location.search;
      $('#filter [aria-current="true"]').focus({ preventScroll: true });
      say($('#filter [aria-current="true"]').textContent + " is shown");
    })
    .catch(() => location.assign(link.href));
}

// An address that names a section is taken at its word.
function recallSection() {
  const asked = new URLSearchParams(location.search);
  if (!$("#filter") || !isFirstPage()) return;
  if (asked.has("section")) return remembered.set(asked.get("section"));
  const section = remembered.get();
  if (section) showSection("/?section=" + encodeURIComponent(section)).catch(() => remembered.set(""));
}

// not when only the part behind the # is another one
window.addEventListener("popstate", () => {
  if (!$("#filter") || location.search === shownSearch) return;
  shownSearch = location.search;
  showSection(location.href).catch(() => location.reload());
});

// ---- most read: tabs as the ARIA Authoring Practices have them ---------------------------------

function makeTabs() {
  const bar = $("#most-read-tabs");
  if (!bar) return;
  bar.setAttribute("role", "tablist");
  for (const tab of $$("a", bar)) {
    const panel = $(tab.hash);
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.removeAttribute("aria-label");
  }
  choose($$("a", bar).find((tab) => tab.hash === location.hash) || $("a", bar));
}

function choose(tab) {
  for (const other of $$("#most-read-tabs a")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    $(other.hash).hidden = !chosen;
  }
}

function moveAlongTabs(event) {
  const tab = event.target.closest("#most-read-tabs a");
  if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
  const tabs = $$("#most-read-tabs a");
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1, " ": at }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs[(to + tabs.length) % tabs.length];
  choose(next);
  next.focus();
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
  const link = text("a", "", entry.headline);
  link.href = "/articles/" + encodeURIComponent(entry.articleId);
  link.dir = "auto";
  const [move, moved] = movement(entry, isFresh);
  const mark = text("span", "move " + move, "");
  mark.title = moved;
  mark.append(text("span", "hidden-text", moved));
  const count = text("span", "read-count", "");
  count.append(text("span", "count", `${entry.reads} ${entry.reads === 1 ? "read" : "reads"}`), mark);
  const body = text("span", "read-text", "");
  body.append(link, " ", count);
  row.append(text("span", "rank", entry.rank), " ", body);
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
  time.textContent = clock.format(Date.parse(list.asOf));
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

// ---- what readers do ---------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = event.target.closest("a, button");
  if (!target) return;
  const instead = (action) => {
    event.preventDefault();
    action();
  };
  if (target.id === "more") {
    instead(() => appendMore(target).catch(() => location.assign(target.href)));
  } else if (target.id === "arrived") {
    const first = showPending();
    offerPending();
    if (first) $(".story-link", first).focus({ preventScroll: true });
  } else if (target.closest("#filter") && isFirstPage()) {
    instead(() => chooseSection(target));
  } else if (target.closest("#most-read-tabs")) {
    instead(() => choose(target));
  } else if (target.closest("#renewed")) {
    instead(() => load(location.href).then(become).then(() => $("h1").scrollIntoView()).catch(() => location.reload()));
  } else if (target.id === "share") {
    navigator.share({ title: target.dataset.title, url: target.dataset.url }).catch(() => undefined); // thought better of it
  } else if (target.id === "copy") {
    navigator.clipboard.writeText(target.dataset.url)
      .then(() => write(target, "Copied"), () => write(target, "Not copied"))
      .then(() => say(target.textContent));
  }
});

document.addEventListener("keydown", moveAlongTabs);

document.addEventListener("visibilitychange", () => {
  if (document.hidden && pending.size > 0) {
    showPending();
    offerPending();
  }
});

// ---- live --------------------------------------------------------------------------------------

let source = null;
let known = data.position;

function showLive(on) {
  const mark = $("#live");
  mark.hidden = false;
  mark.classList.toggle("off", !on);
  write($("#live-text"), on ? "Live" : "Connecting");
}

function curatedLists() {
  return $$("[data-curated]").map((list) => list.dataset.curated);
}

function connect() {
  source?.close();
  const scope = $("#most-read")?.dataset.scope || "all";
  const feeds = new Set(["all", scope, ...curatedLists()]);
  const query = new URLSearchParams({ feeds: [...feeds].join(","), lastEventId: known });
  if (data.article) query.set("related", data.article);
  source = new EventSource("/events?" + query);
  const on = (name, action) =>
    source.addEventListener(name, (event) => {
      known = event.lastEventId || known;
      action(JSON.parse(event.data));
    });
  for (const name of ["published", "updated", "corrected"]) {
    on(name, (entry) => {
      changed(entry);
      arrive(entry);
    });
  }
  on("withdrawn", withdrawn);
  on("expired", gone);
  on("most-read", showList);
  on("read-also", (list) => {
    const box = $("#read-also");
    if (box && box.dataset.etag !== list.etag) refresh("read-also");
  });
  on("curated", (list) => {
    const shown = $(`[data-curated="${CSS.escape(list.feedId)}"]`);
    if (shown && Date.parse(list.updated) > Date.parse(shown.dataset.updated)) refresh(shown.id);
  });
  on("reset", () => {
    source.close();
    startAfresh();
  });
  source.onopen = () => showLive(true);
  source.onerror = () => {
    showLive(false);
    if (source.readyState === EventSource.CLOSED) {
      // refused, for instance while the gateway starts: the browser itself would not try again
      setTimeout(connect, 3_000 + Math.random() * 4_000);
    }
  };
}

// Something has happened that this page will not hear of: it becomes what it is now.
function startAfresh() {
  setTimeout(async () => {
    try {
      const page = await load(location.href);
      known = page.body.dataset.position;
      become(page);
      recallSection();
      connect();
    } catch {
      startAfresh();
    }
  }, 500 + Math.random() * 2_500);
}

// A page that is left keeps no connection, so that the browser can bring it back as it was.
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) connect();
});

function prepare() {
  showTimes();
  makeTabs();
  if (navigator.share && $("#share")) $("#share").hidden = false;
  if (navigator.clipboard && $("#copy")) $("#copy").hidden = false;
}

prepare();
recallSection();
setInterval(showTimes, 30_000);
setInterval(markStale, 10_000);
connect();
