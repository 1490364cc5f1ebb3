package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.producer.BodyHtml;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.PlainText;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An article as agencies send it: IPTC's ninjs 2.0 to 3.1. The two differ in the case of names only
 * ({@code pubstatus}, {@code pubStatus}), so that case is not looked at. What becomes of each field
 * stands in docs/mappings.md.
 *
 * <p>On the top level ninjs allows no other fields, and a misspelt one is refused: "embargod" must not
 * publish at once. Below, agencies add their own, which are left out. Of a canceled object only what
 * a withdrawal needs is read, for nothing else in it may stop the withdrawal.
 */
public final class NinjsJson {

  /** What a reader is told when a source takes its own item back, and gives the reason to editors. */
  static final String CANCELED = "Canceled by its source";

  /** Fields of ninjs that an article has no place for. */
  private static final List<String> LEFT_OUT = List.of(
      "contentcreated",
      "digitalsourcetype",
      "ednote",
      "eventdetails",
      "events",
      "genres",
      "objects",
      "plannedcoverage",
      "representationtype",
      "rightsinfo",
      "slugline",
      "standard",
      "trustindicators");

  /** Under which name a sender knows what the rules for articles call otherwise. */
  private static final Map<String, String> AS_SENT = Map.ofEntries(
      Map.entry("articleId", "uri"),
      Map.entry("kind", "type"),
      Map.entry("headline", "headlines"),
      Map.entry("shortHeadline", "headlines"),
      Map.entry("lead", "descriptions"),
      Map.entry("correction", "descriptions"),
      Map.entry("url", "renditions"),
      Map.entry("aliases", "altids"),
      Map.entry("photoCount", "altids"),
      Map.entry("section", "subjects"),
      Map.entry("extraSections", "subjects"),
      Map.entry("topics", "subjects"),
      Map.entry("persons", "people"),
      Map.entry("byline", "by"),
      Map.entry("source", "infosources"),
      Map.entry("photos", "associations"),
      Map.entry("readAlso", "associations"),
      Map.entry("inOtherMedia", "associations"),
      Map.entry("firstPublished", "firstcreated"),
      Map.entry("versionCreated", "versioncreated"),
      Map.entry("embargoedUntil", "embargoed"));

  private static final Pattern HEAD = Pattern.compile("(?is)<head\\b.*?</head\\s*>");
  private static final Pattern TITLE = Pattern.compile("(?is)<h1\\b[^>]*>(.*?)</h1\\s*>");

  private final JsonFields in;
  private final List<Problem> problems;
  private final @Nullable String articleId;
  private String uri = "";
  private UnaryOperator<String> ids = NinjsIds::articleId;
  private String type = "text";

  private NinjsJson(JsonFields in, List<Problem> problems, @Nullable String articleId) {
    this.in = in;
    this.problems = problems;
    this.articleId = articleId;
  }

  /** Whether a body that does not say what it is can only be ninjs. */
  public static boolean recognises(JsonNode json) {
    return json.has("uri") && !json.has("headline") && !json.has("articleId");
  }

  /**
   * The article, sanitised and ready to be published.
   *
   * @param articleId null: the one that its uri stands for
   * @param now the moment the version was created when the object does not say
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Article read(JsonNode json, @Nullable String articleId, Instant now) {
    List<Problem> problems = new ArrayList<>();
    Map<String, String> spelt = new HashMap<>();
    JsonFields in = JsonFields.ofBody(lowered(json, "", spelt, problems), problems);
    Article article = new NinjsJson(in, problems, articleId).article(now);
    InvalidEventException.throwIfAny(
        problems.stream().map(p -> spelt(p, spelt)).toList(),
        ArticleRules.problems(article).stream()
            .map(p -> spelt(asSent(p), spelt))
            .toList());
    return article;
  }

  private Article article(Instant now) {
    String named = in.text("uri");
    if (named == null) {
      in.missing("uri", "is required");
    } else {
      uri = named;
      ids = articleId == null ? NinjsIds::articleId : NinjsIds.among(named, articleId);
    }
    Instant created = in.time("versioncreated");
    long version = version(created);
    Status status = status();
    Article.Builder article = Article.newBuilder()
        .setArticleId(articleId == null ? NinjsIds.articleId(uri) : articleId)
        .setVersion(version)
        .setStatus(status)
        .setVersionCreated(Objects.requireNonNullElse(created, now));
    if (status == Status.canceled) {
      Article withdrawn = article.setWithdrawal(withdrawal()).build();
      // a date that cannot be would stop it
      return ArticleRules.problems(withdrawn).isEmpty()
          ? withdrawn
          : article.setVersionCreated(now).build();
    }
    type = type();
    texts(article);
    article
        .setUrgency(urgency())
        .setLanguage(in.text("language"))
        .setByline(in.text("by"))
        .setDateline(in.text("located"))
        .setUsageTerms(in.text("usageterms"))
        .setFirstPublished(firstPublished(created, version))
        .setExpires(in.time("expires"));
    embargo(article);
    rights(article);
    labels(article);
    associations(article);
    ours(article);
    kind(article);
    LEFT_OUT.forEach(in::value);
    in.end();
    return article.build();
  }

  private long version(@Nullable Instant created) {
    JsonNode value = in.value("version");
    String version =
        value == null || value.isContainerNode() ? "" : value.asText().strip();
    long number = NinjsIds.version(uri, version);
    if (number > 0) {
      return number;
    }
    if (created == null) {
      in.missing("version", "a whole number is required where there is no versioncreated");
      return 1;
    }
    return Math.max(1, created.toEpochMilli());
  }

  private Status status() {
    String status = in.text("pubstatus");
    return switch (status == null ? "usable" : status.toLowerCase(Locale.ROOT)) {
      case "usable" -> Status.usable;
      case "withheld" -> Status.withheld;
      case "canceled", "cancelled" -> Status.canceled;
      default -> {
        in.wrong("pubstatus", "must be one of usable, withheld, canceled");
        yield Status.withheld;
      }
    };
  }

  private Withdrawal withdrawal() {
    String reason = textOf(in.objects("descriptions"), Ninjs.OURS + "withdrawal-reason");
    String note = textOf(in.objects("descriptions"), Ninjs.OURS + "withdrawal-note");
    String successor = in.objects("associations").stream()
        .filter(other -> (Ninjs.OURS + "successor").equals(other.text("rel")))
        .flatMap(other -> Optional.ofNullable(other.text("uri")).stream())
        .map(ids)
        .findFirst()
        .orElse(null);
    problems.removeIf(problem -> !(problem.field().equals("version")
        || problem.field().equals("pubstatus")
        || (problem.field().equals("uri") && articleId == null)));
    return new Withdrawal(reason.isEmpty() ? CANCELED : reason, blankToNull(note), successor);
  }

  private String type() {
    String stated = in.text("type");
    String type = stated == null ? "text" : stated;
    switch (type) {
      case "text", "picture", "graphic", "composite", "video" -> {}
      case "audio" -> in.wrong("type", "is audio, and an article has no place for sound");
      case "component" -> in.wrong("type", "is component: a part of another item is no article");
      case "event", "planning" -> in.wrong("type", "is " + type + ", which is no article");
      default -> in.wrong("type", "must be one of text, picture, graphic, composite, video");
    }
    return type;
  }

  private void kind(Article.Builder article) {
    boolean pictures = article.getPhotos().size() > 1 && article.getBodyHtml() == null;
    article.setKind(
        isOurKind()
            ? String.valueOf(in.text("profile"))
            : switch (type) {
              case "picture" -> "gallery";
              case "graphic" -> "infographic";
              case "video" -> "video";
              case "composite" -> pictures ? "gallery" : "article";
              default -> "article";
            });
  }

  /** What our writer says in {@code profile}; agencies say something of their own there. */
  private boolean isOurKind() {
    String profile = in.text("profile");
    return profile != null && ArticleRules.KINDS.contains(profile);
  }

  private void texts(Article.Builder article) {
    List<JsonFields> headlines = in.objects("headlines");
    String headline = textOf(headlines, "main", "", "headline", "medium", "long");
    if (headline.isEmpty() && !headlines.isEmpty()) {
      headline = plain(headlines.get(0));
    }
    String title = in.text("title");
    article
        .setHeadline(headline.isEmpty() && title != null ? title : headline)
        .setShortHeadline(blankToNull(textOf(headlines, "short")))
        .setLead(blankToNull(textOf(
            in.objects("descriptions"), "summary", "abstract", "lead", "text", "", "caption")))
        .setBodyHtml(body(article.getHeadline()));
  }

  private @Nullable String body(String headline) {
    List<JsonFields> bodies = in.objects("bodies");
    for (JsonFields body : bodies) {
      if (isHtml(body)) {
        String html = HEAD.matcher(value(body)).replaceAll("");
        String untitled = TITLE
            .matcher(html)
            .replaceAll(h1 -> NewsText.ofHtml(h1.group(1)).equals(headline)
                ? ""
                : "<h2>" + Matcher.quoteReplacement(h1.group(1)) + "</h2>");
        return blankToNull(BodyHtml.sanitised(untitled));
      }
    }
    for (JsonFields body : bodies) {
      String mediaType = NinjsPictures.mediaType(body);
      if (mediaType.isEmpty() || mediaType.equals("text/plain")) {
        return blankToNull(paragraphs(value(body)));
      }
    }
    if (!bodies.isEmpty()) {
      in.wrong("bodies", "has neither text/html nor text/plain");
    }
    return null;
  }

  private static boolean isHtml(JsonFields body) {
    String mediaType = NinjsPictures.mediaType(body);
    String role = String.valueOf(body.text("role")).toLowerCase(Locale.ROOT);
    return mediaType.isEmpty()
        ? role.contains("html")
        : mediaType.equals("text/html") || mediaType.equals("application/xhtml+xml");
  }

  /** Plain text as HTML: a paragraph for each line. */
  static String paragraphs(String text) {
    StringBuilder html = new StringBuilder();
    text.lines()
        .map(PlainText::of)
        .filter(line -> !line.isEmpty())
        .forEach(line -> html.append("<p>").append(NewsText.escaped(line)).append("</p>"));
    return BodyHtml.sanitised(html.toString());
  }

  private static String value(JsonFields in) {
    return Objects.requireNonNullElse(in.raw("value"), "");
  }

  /** The first text of the roles, by their order; a role of nothing is one that is not given. */
  private static String textOf(List<JsonFields> texts, String... roles) {
    for (String role : roles) {
      for (JsonFields text : texts) {
        String given = text.text("role");
        if (role.equalsIgnoreCase(given == null ? "" : given)) {
          String plain = plain(text);
          if (!plain.isEmpty()) {
            return plain;
          }
        }
      }
    }
    return "";
  }

  private static String plain(JsonFields text) {
    String value = value(text);
    return NinjsPictures.mediaType(text).equals("text/html")
        ? NewsText.ofHtml(value)
        : PlainText.of(value);
  }

  private @Nullable Integer urgency() {
    JsonNode urgency = in.value("urgency");
    if (urgency == null) {
      return null;
    }
    if (!urgency.isNumber() || urgency.doubleValue() != Math.rint(urgency.doubleValue())) {
      in.wrong("urgency", "must be a whole number from 1 to 9");
      return null;
    }
    return urgency.intValue();
  }

  /** A first version without a date of its own is as old as it says; of a later one nobody knows. */
  private @Nullable Instant firstPublished(@Nullable Instant created, long version) {
    Instant first = in.time("firstcreated");
    boolean numbered = created == null || version != created.toEpochMilli();
    return first != null || (numbered && version > 1) ? first : created;
  }

  private void embargo(Article.Builder article) {
    Instant until = in.time("embargoed");
    Instant inThree = in.time("embargoeduntil");
    article.setEmbargoedUntil(
        until == null || (inThree != null && inThree.isAfter(until)) ? inThree : until);
  }

  private void rights(Article.Builder article) {
    String holder = in.text("copyrightholder");
    String notice = in.text("copyrightnotice");
    String source = in.objects("infosources").stream()
        .flatMap(party -> Optional.ofNullable(party.text("name")).stream())
        .findFirst()
        .orElse(holder);
    article.setSource(source).setCopyright(notice == null ? holder : notice);
  }

  private void labels(Article.Builder article) {
    Map<String, Label> sections = new LinkedHashMap<>();
    Map<String, Label> extra = new LinkedHashMap<>();
    Map<String, Label> topics = new LinkedHashMap<>();
    for (JsonFields subject : in.objects("subjects")) {
      String rel = String.valueOf(subject.text("rel"));
      put(rel.equals("section") ? sections : rel.equals("extra-section") ? extra : topics, subject);
    }
    in.objects("organisations").forEach(organisation -> put(topics, organisation));
    Map<String, Label> persons = new LinkedHashMap<>();
    in.objects("people").forEach(person -> put(persons, person));
    Map<String, Label> places = new LinkedHashMap<>();
    in.objects("places").forEach(place -> put(places, place));
    List<Label> ordered = new ArrayList<>(sections.values());
    if (!ordered.isEmpty()) {
      article.setSection(ordered.remove(0));
    }
    ordered.addAll(extra.values());
    article
        .setExtraSections(ordered)
        .setTopics(List.copyOf(topics.values()))
        .setPersons(List.copyOf(persons.values()))
        .setPlaces(List.copyOf(places.values()));
  }

  /** What has no name has nothing that readers could be shown. */
  private static void put(Map<String, Label> labels, JsonFields concept) {
    String name = concept.text("name");
    String literal = Objects.requireNonNullElse(concept.text("literal"), "");
    boolean ours = literal.startsWith(Ninjs.OURS)
        && ArticleRules.isSlug(literal.substring(Ninjs.OURS.length()));
    if (name == null && !ours) {
      return;
    }
    String title = Objects.requireNonNullElse(name, "");
    String slug = ours ? literal.substring(Ninjs.OURS.length()) : NewsText.slugOf(title);
    labels.putIfAbsent(slug, new Label(slug, title));
  }

  private void associations(Article.Builder article) {
    List<Photo> photos = new ArrayList<>();
    List<String> readAlso = new ArrayList<>();
    List<MediaLink> elsewhere = new ArrayList<>();
    boolean picture = type.equals("picture") || type.equals("graphic");
    NinjsPictures.best(in, picture).ifPresent(own -> photos.add(photo(in, own, picture)));
    int featured = photos.size();
    for (JsonFields other : in.objects("associations")) {
      if (!isShown(other, article)) {
        continue;
      }
      String name = String.valueOf(other.text("name"));
      String rel = String.valueOf(other.text("rel"));
      List<Photo> found = photosOf(other, article);
      if (!found.isEmpty()) {
        boolean first = name.startsWith("featured") || rel.startsWith("featured");
        photos.addAll(first ? featured : photos.size(), found);
      } else if (rel.equals(Ninjs.OURS + "other-media")) {
        elsewhere.add(new MediaLink(
            textOf(other.objects("headlines"), "main"),
            other.requiredText("uri"),
            other.objects("infosources").stream()
                .map(party -> party.requiredText("name"))
                .findFirst()
                .orElse("")));
      } else if (isText(other)) {
        String related = other.text("uri");
        if (related != null && !readAlso.contains(ids.apply(related))) {
          readAlso.add(ids.apply(related));
        }
      }
    }
    if (photos.isEmpty() && picture && !isOurKind()) {
      in.wrong("renditions", "has no picture with an http or https address");
    }
    article
        .setPhotos(photos)
        .setPhotoCount(photos.size())
        .setReadAlso(readAlso)
        .setInOtherMedia(elsewhere);
  }

  /** A part that is taken back, or under an embargo longer than the whole, is left out. */
  private static boolean isShown(JsonFields part, Article.Builder whole) {
    String status = part.text("pubstatus");
    Instant until = part.time(part.has("embargoed") ? "embargoed" : "embargoeduntil");
    Instant wholes = whole.getEmbargoedUntil();
    return (status == null || status.equals("usable"))
        && (until == null || (wholes != null && !until.isAfter(wholes)));
  }

  private static boolean isText(JsonFields other) {
    String type = other.text("type");
    return type == null || type.equals("text") || type.equals("composite");
  }

  /** The picture, or those of a gallery within; none: it is something else. */
  private static List<Photo> photosOf(JsonFields other, Article.Builder whole) {
    String type = String.valueOf(other.text("type"));
    boolean picture = type.equals("picture") || type.equals("graphic");
    if (picture || !other.has("type")) {
      return NinjsPictures.best(other, picture).map(best -> photo(other, best, true)).stream()
          .toList();
    }
    boolean gallery = type.equals("composite") && !other.has("bodies");
    List<Photo> photos = new ArrayList<>();
    for (JsonFields part : gallery ? other.objects("associations") : List.<JsonFields>of()) {
      if (isShown(part, whole)) {
        photos.addAll(photosOf(part, whole));
      }
    }
    return photos;
  }

  private static Photo photo(JsonFields item, Photo.Builder best, boolean picture) {
    if (picture) {
      List<JsonFields> texts = item.objects("descriptions");
      String credit = textOf(texts, "creditline");
      String by = item.text("by");
      best.setCaption(blankToNull(textOf(texts, "caption", "text", "", "summary")))
          .setAlt(blankToNull(textOf(texts, "alttext", "alt")))
          .setCredit(!credit.isEmpty() ? credit : by != null ? by : item.text("copyrightholder"));
    }
    return best.build();
  }

  /**
   * What our own writer has put where ninjs has no field. What lifts a withdrawal or moves to the top is
   * for who may publish under an id, not for whoever writes a file.
   */
  private void ours(Article.Builder article) {
    List<String> aliases = new ArrayList<>();
    Map<String, String> values = new HashMap<>();
    for (JsonFields id : in.objects("altids")) {
      String role = Objects.requireNonNullElse(id.text("role"), "");
      String value = Objects.requireNonNullElse(id.text("value"), "");
      if (role.equals(Ninjs.OURS + "alias")) {
        aliases.add(value);
      } else if (role.startsWith(Ninjs.OURS)) {
        values.put(role.substring(Ninjs.OURS.length()), value);
      }
    }
    article
        .setAliases(aliases)
        .setEdition(values.get("edition"))
        .setRepublish(articleId != null && "true".equals(values.get("republish")))
        .setRestore(articleId != null && "true".equals(values.get("restore")))
        .setEvergreen("true".equals(values.get("evergreen")))
        .setMostReadEligible(!"false".equals(values.get("most-read-eligible")));
    String count = values.getOrDefault("photo-count", "");
    if (count.matches("[0-9]{1,9}")) {
      article.setPhotoCount(Integer.parseInt(count));
    }
    String correction = textOf(in.objects("descriptions"), Ninjs.OURS + "correction");
    Instant at = NewsDates.parsed(values.getOrDefault("corrected-at", ""));
    article.setCorrection(
        correction.isEmpty() || at == null ? null : new Correction(correction, at));
    in.objects("renditions").stream()
        .filter(rendition -> "web".equals(rendition.text("name"))
            && NinjsPictures.mediaType(rendition).equals("text/html"))
        .flatMap(rendition -> Optional.ofNullable(rendition.text("href")).stream())
        .findFirst()
        .ifPresent(article::setUrl);
  }

  private static @Nullable String blankToNull(String text) {
    return text.isBlank() ? null : text;
  }

  /**
   * The same with all names in lower case.
   *
   * @param spelt what each name was
   */
  private static JsonNode lowered(
      JsonNode json, String path, Map<String, String> spelt, List<Problem> problems) {
    if (json.isArray()) {
      ArrayNode array = Json.object().arrayNode();
      json.forEach(element -> array.add(lowered(element, path, spelt, problems)));
      return array;
    }
    if (!json.isObject()) {
      return json;
    }
    ObjectNode object = Json.object();
    json.properties().forEach(field -> {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      spelt.put(name, field.getKey());
      if (object.has(name)) {
        problems.add(new Problem("invalid-field", path + name, "is given twice"));
      }
      object.set(name, lowered(field.getValue(), path + name + ".", spelt, problems));
    });
    return object;
  }

  private static Problem asSent(Problem problem) {
    String ours = problem.field().split("[.\\[]", 2)[0];
    String theirs = AS_SENT.get(ours);
    return theirs == null
        ? problem
        : new Problem(problem.reason(), theirs, ours + ": " + problem.detail());
  }

  private static Problem spelt(Problem problem, Map<String, String> spelt) {
    List<String> names = new ArrayList<>();
    for (String name : problem.field().split("\\.", -1)) {
      int index = name.indexOf('[');
      String bare = index < 0 ? name : name.substring(0, index);
      names.add(spelt.getOrDefault(bare, bare) + (index < 0 ? "" : name.substring(index)));
    }
    return new Problem(problem.reason(), String.join(".", names), problem.detail());
  }
}
