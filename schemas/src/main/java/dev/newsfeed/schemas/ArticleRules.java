package dev.newsfeed.schemas;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an article must satisfy to be accepted. The sender's side checks it to answer at once, the
 * publication job checks it again because anyone may write to a topic.
 */
public final class ArticleRules {

  /** Every kind of article that readers meet. */
  public static final Set<String> KINDS =
      Set.of("article", "gallery", "infographic", "video", "press-review");

  /** Whether an article may be of this kind: of one of {@link #KINDS}, or the one that only watches. */
  public static boolean isKind(String kind) {
    return KINDS.contains(kind) || kind.equals(FeedIds.CANARY_KIND);
  }

  /** Before it there were no web pages; a date before it is a mistake. */
  static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");

  /** No newsroom plans further than this. */
  static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private static final Pattern ARTICLE_ID = Pattern.compile("[A-Za-z0-9._:~-]{1,200}");
  private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(?:[-_.][a-z0-9]+)*");
  private static final int MAX_SLUG = 100;
  private static final int MAX_LINE = 500;
  private static final int MAX_TEXT = 10_000;
  private static final int MAX_TITLE = 200;
  private static final int MAX_LABELS = 100;
  private static final int MAX_LINKS = 500;
  private static final int MAX_PHOTOS = 500;
  private static final int MAX_URL = 2_000;

  private final List<Problem> problems = new ArrayList<>();

  private ArticleRules() {}

  /** Everything that is wrong with the article, in the order of its fields; empty: it is fine. */
  public static List<Problem> problems(Article article) {
    ArticleRules rules = new ArticleRules();
    rules.check(article);
    return List.copyOf(rules.problems);
  }

  /** Whether this can be an article's id. */
  public static boolean isArticleId(String id) {
    return ARTICLE_ID.matcher(id).matches();
  }

  /** Whether this can be the slug of a section, topic, person or place. */
  public static boolean isSlug(String slug) {
    return slug.length() <= MAX_SLUG && SLUG.matcher(slug).matches();
  }

  /** Whether this is an http or https address. */
  public static boolean isWebAddress(String url) {
    return webAddress("", url).isEmpty();
  }

  private void check(Article a) {
    if (!isArticleId(a.getArticleId())) {
      wrong("articleId", "must be 1 to 200 characters of A-Z a-z 0-9 . _ : ~ -");
    }
    if (a.getVersion() < 1) {
      problems.add(new Problem(
          "invalid-field",
          "version",
          "must be 1 or more, is " + a.getVersion(),
          "1..",
          String.valueOf(a.getVersion())));
    }
    dates(a);
    if (a.getStatus() == Status.canceled) {
      withdrawal(a);
      return;
    }
    if (a.getWithdrawal() != null) {
      wrong("withdrawal", "belongs to status canceled only");
    }
    if (!isKind(a.getKind())) {
      wrong("kind", "must be one of article, gallery, infographic, video, press-review");
    }
    if (a.getStatus() == Status.usable && TextRules.isBlank(a.getHeadline())) {
      missing("headline", "an article needs a headline");
    }
    // whatever stands in a feed's entry is bounded: a head must fit its topic
    text("headline", a.getHeadline(), MAX_LINE);
    text("shortHeadline", a.getShortHeadline(), MAX_LINE);
    text("lead", a.getLead(), MAX_TEXT);
    characters("bodyHtml", a.getBodyHtml());
    text("language", a.getLanguage(), MAX_LINE);
    text("edition", a.getEdition(), MAX_LINE);
    text("byline", a.getByline(), MAX_LINE);
    text("dateline", a.getDateline(), MAX_LINE);
    text("source", a.getSource(), MAX_LINE);
    text("copyright", a.getCopyright(), MAX_TEXT);
    text("usageTerms", a.getUsageTerms(), MAX_TEXT);
    url("url", a.getUrl());
    if (count("aliases", a.getAliases(), MAX_LINKS)) {
      for (int i = 0; i < a.getAliases().size(); i++) {
        url("aliases[" + i + "]", a.getAliases().get(i));
      }
    }
    if (a.getSection() != null) {
      label("section", a.getSection());
    }
    labels("extraSections", a.getExtraSections());
    labels("topics", a.getTopics());
    labels("persons", a.getPersons());
    labels("places", a.getPlaces());
    if (a.getUrgency() != null && (a.getUrgency() < 1 || a.getUrgency() > 9)) {
      problems.add(Problem.outside("urgency", a.getUrgency(), 1, 9));
    }
    photos(a);
    links(a);
  }

  private void withdrawal(Article a) {
    Withdrawal withdrawal = a.getWithdrawal();
    if (withdrawal == null || TextRules.isBlank(withdrawal.getReason())) {
      missing("withdrawal.reason", "a withdrawal says why");
    }
    if (withdrawal != null) {
      text("withdrawal.reason", withdrawal.getReason(), MAX_TEXT);
      text("withdrawal.note", withdrawal.getNote(), MAX_TEXT);
      if (withdrawal.getSuccessorId() != null && !isArticleId(withdrawal.getSuccessorId())) {
        wrong("withdrawal.successorId", "is not an article id");
      }
    }
  }

  private void photos(Article a) {
    if (count("photos", a.getPhotos(), MAX_PHOTOS)) {
      for (int i = 0; i < a.getPhotos().size(); i++) {
        Photo photo = a.getPhotos().get(i);
        url("photos[" + i + "].url", photo.getUrl());
        text("photos[" + i + "].caption", photo.getCaption(), MAX_TEXT);
        text("photos[" + i + "].credit", photo.getCredit(), MAX_LINE);
        text("photos[" + i + "].alt", photo.getAlt(), MAX_TEXT);
        if (photo.getWidth() < 0 || photo.getHeight() < 0) {
          wrong("photos[" + i + "]", "has a negative size");
        }
      }
    }
    if (a.getPhotoCount() < 0) {
      wrong("photoCount", "must not be negative, is " + a.getPhotoCount());
    }
  }

  private void links(Article a) {
    if (count("readAlso", a.getReadAlso(), MAX_LINKS)) {
      for (int i = 0; i < a.getReadAlso().size(); i++) {
        if (!isArticleId(a.getReadAlso().get(i))) {
          wrong("readAlso[" + i + "]", "is not an article id");
        }
      }
    }
    if (count("inOtherMedia", a.getInOtherMedia(), MAX_LINKS)) {
      for (int i = 0; i < a.getInOtherMedia().size(); i++) {
        MediaLink link = a.getInOtherMedia().get(i);
        text("inOtherMedia[" + i + "].title", link.getTitle(), MAX_LINE);
        url("inOtherMedia[" + i + "].url", link.getUrl());
        text("inOtherMedia[" + i + "].source", link.getSource(), MAX_LINE);
      }
    }
  }

  private void dates(Article a) {
    date("firstPublished", a.getFirstPublished());
    date("versionCreated", a.getVersionCreated());
    date("embargoedUntil", a.getEmbargoedUntil());
    date("expires", a.getExpires());
    if (a.getCorrection() != null) {
      date("correction.at", a.getCorrection().getAt());
      if (TextRules.isBlank(a.getCorrection().getText())) {
        missing("correction.text", "a correction says what was wrong");
      }
      text("correction.text", a.getCorrection().getText(), MAX_TEXT);
    }
  }

  private void date(String field, @Nullable Instant at) {
    if (at != null && (at.isBefore(EARLIEST) || at.isAfter(LATEST))) {
      problems.add(new Problem(
          "invalid-field",
          field,
          "must lie between the years 1900 and 2100",
          EARLIEST + ".." + LATEST,
          String.valueOf(at)));
    }
  }

  private void labels(String field, List<Label> labels) {
    if (count(field, labels, MAX_LABELS)) {
      for (int i = 0; i < labels.size(); i++) {
        label(field + "[" + i + "]", labels.get(i));
      }
    }
  }

  private void label(String field, Label label) {
    if (!isSlug(label.getSlug())) {
      wrong(
          field + ".slug",
          "must be lower-case letters and digits, joined by single dashes, at most " + MAX_SLUG);
    }
    text(field + ".title", label.getTitle(), MAX_TITLE);
  }

  private void url(String field, @Nullable String url) {
    if (url != null) {
      problem(field, url, true).ifPresent(problems::add);
    }
  }

  /** What is wrong with an address on another site; empty: it is fine. */
  static Optional<Problem> webAddress(String field, String url) {
    return problem(field, url, false);
  }

  private static Optional<Problem> problem(String field, String url, boolean pathsToo) {
    if (url.length() > MAX_URL) {
      return Optional.of(Problem.tooLong(field, url.length(), "characters", MAX_URL));
    }
    String characters = TextRules.problem(url);
    if (characters != null) {
      return invalid(field, characters);
    }
    try {
      URI uri = new URI(url);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean ownPath = uri.getScheme() == null && url.startsWith("/") && !url.startsWith("//");
      if (!(web && uri.getHost() != null) && !(pathsToo && ownPath)) {
        return invalid(
            field,
            "must be an http or https address"
                + (pathsToo ? ", or a path that begins with one slash" : ""));
      }
      if (uri.getRawUserInfo() != null) {
        // https://news.example@other.example/ leads elsewhere than it seems to, or gives a password
        // away
        return invalid(field, "must not name a user before the host");
      }
      return Optional.empty();
    } catch (URISyntaxException e) {
      return invalid(field, "is not a valid address");
    }
  }

  private static Optional<Problem> invalid(String field, String detail) {
    return Optional.of(new Problem("invalid-field", field, detail));
  }

  private void text(String field, @Nullable String text, int atMost) {
    text(problems, field, text, atMost);
  }

  private void characters(String field, @Nullable String text) {
    String problem = text == null ? null : TextRules.problem(text);
    if (problem != null) {
      wrong(field, problem);
    }
  }

  /** Notes what is wrong with a text: that it is too long, or has what may not stand in one. */
  static void text(List<Problem> problems, String field, @Nullable String text, int atMost) {
    if (text == null) {
      return;
    }
    if (text.length() > atMost) {
      problems.add(Problem.tooLong(field, text.length(), "characters", atMost));
      return;
    }
    String problem = TextRules.problem(text);
    if (problem != null) {
      problems.add(new Problem("invalid-field", field, problem));
    }
  }

  /** Whether the list is short enough to be looked at. */
  private boolean count(String field, List<?> list, int atMost) {
    if (list.size() > atMost) {
      problems.add(Problem.tooLong(field, list.size(), "entries", atMost));
    }
    return list.size() <= atMost;
  }

  private void missing(String field, String detail) {
    problems.add(new Problem("missing-field", field, detail));
  }

  private void wrong(String field, String detail) {
    problems.add(new Problem("invalid-field", field, detail));
  }
}
