package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.BodyHtml;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An article as newsrooms send it: one JSON object with the record's field names.
 *
 * <pre>
 * {"version": 1, "headline": "River passes its highest mark",
 *  "section": "world",                                     a slug; its title is then "World"
 *  "topics": [{"slug": "floods", "title": "The floods"}],  or both
 *  "firstPublished": "2026-11-23T09:30:00+01:00"}
 * </pre>
 */
public final class ArticleJson {

  private ArticleJson() {}

  /**
   * The article, sanitised and ready to be published.
   *
   * @param articleId from the address; the body need not repeat it and must not contradict it
   * @param now the moment the version was created when the body does not say
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Article read(JsonNode json, String articleId, Instant now) {
    return read(json, articleId, now, in -> {});
  }

  /**
   * An article that corrects what was published: it says what was wrong.
   *
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Article readCorrection(JsonNode json, String articleId, Instant now) {
    return read(json, articleId, now, in -> {
      notCanceled(in);
      if (!in.has("correction")) {
        in.missing(
            "correction", "is required: {\"text\", \"at\"}, what was wrong and since when not");
      }
    });
  }

  /**
   * An article that comes back after its withdrawal. The body need not say {@code restore} and must not
   * deny it.
   *
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Article readRestoration(JsonNode json, String articleId, Instant now) {
    Article article = read(json, articleId, now, in -> {
      notCanceled(in);
      JsonNode restore = in.value("restore");
      if (restore != null && restore.isBoolean() && !restore.booleanValue()) {
        in.wrong("restore", "must not be false where an article is restored");
      }
    });
    return Article.newBuilder(article).setRestore(true).build();
  }

  private static void notCanceled(JsonFields in) {
    JsonNode status = in.value("status");
    if (status != null && Status.canceled.name().equals(status.textValue())) {
      in.wrong("status", "must not be canceled here: a withdrawal goes to …/withdraw");
    }
  }

  private static Article read(
      JsonNode json, String articleId, Instant now, Consumer<JsonFields> more) {
    List<Problem> problems = new ArrayList<>();
    JsonFields in = JsonFields.ofBody(json, problems);
    more.accept(in);
    Article article = article(in, articleId, now);
    in.end();
    InvalidEventException.throwIfAny(problems, ArticleRules.problems(article));
    return article;
  }

  /**
   * The withdrawal of an article: {@code {"version": 3, "reason": "…"}}, with {@code note} and
   * {@code successorId} where wanted.
   *
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Article readWithdrawal(JsonNode json, String articleId, Instant now) {
    List<Problem> problems = new ArrayList<>();
    JsonFields in = JsonFields.ofBody(json, problems);
    long version = version(in);
    Withdrawal withdrawal = withdrawal(in);
    in.end();
    Article article = Article.newBuilder(
            ArticlePublisher.withdrawal(articleId, version, withdrawal))
        .setVersionCreated(now)
        .build();
    InvalidEventException.throwIfAny(
        problems,
        ArticleRules.problems(article).stream().map(ArticleJson::asSent).toList());
    return article;
  }

  /** The sender of a withdrawal wrote "reason", not the record's "withdrawal.reason". */
  private static Problem asSent(Problem problem) {
    return new Problem(
        problem.reason(),
        problem.field().replaceFirst("^withdrawal\\.", ""),
        problem.detail(),
        problem.limit(),
        problem.value());
  }

  static Label labelOf(String slug) {
    return new Label(slug, FeedIds.inWords(slug));
  }

  private static Article article(JsonFields in, String articleId, Instant now) {
    String stated = in.raw("articleId");
    if (stated != null && !stated.equals(articleId)) {
      in.wrong("articleId", "is not the id in the address");
    }
    Article.Builder article =
        Article.newBuilder().setArticleId(articleId).setVersion(version(in)).setStatus(status(in));
    set(in.text("kind"), article::setKind);
    set(in.text("headline"), article::setHeadline);
    article.setShortHeadline(in.text("shortHeadline")).setLead(in.text("lead"));
    String html = in.raw("bodyHtml");
    article.setBodyHtml(html == null ? null : BodyHtml.sanitised(html));
    article.setUrl(in.text("url")).setAliases(in.texts("aliases"));
    labels(in, article);
    article
        .setUrgency(in.smallNumber("urgency"))
        .setLanguage(in.text("language"))
        .setEdition(in.text("edition"))
        .setByline(in.text("byline"))
        .setDateline(in.text("dateline"))
        .setSource(in.text("source"))
        .setCopyright(in.text("copyright"))
        .setUsageTerms(in.text("usageTerms"));
    List<Photo> photos = in.objects("photos").stream().map(ArticleJson::photo).toList();
    Integer photoCount = in.smallNumber("photoCount");
    article
        .setPhotos(photos)
        .setPhotoCount(photoCount == null ? photos.size() : photoCount)
        .setReadAlso(in.texts("readAlso"))
        .setInOtherMedia(
            in.objects("inOtherMedia").stream().map(ArticleJson::link).toList());
    article
        .setFirstPublished(in.time("firstPublished"))
        .setVersionCreated(Objects.requireNonNullElse(in.time("versionCreated"), now))
        .setEmbargoedUntil(in.time("embargoedUntil"))
        .setExpires(in.time("expires"))
        .setRepublish(in.flag("republish", false))
        .setRestore(in.flag("restore", false))
        .setEvergreen(in.flag("evergreen", false))
        .setMostReadEligible(in.flag("mostReadEligible", true));
    JsonFields correction = in.object("correction");
    article.setCorrection(correction == null ? null : correction(correction));
    JsonFields withdrawal = in.object("withdrawal");
    article.setWithdrawal(withdrawal == null ? null : ended(withdrawal, withdrawal(withdrawal)));
    return article.getStatus() == Status.canceled ? erased(article) : article.build();
  }

  /** A withdrawal carries nothing of the text, whatever the CMS sent along. */
  private static Article erased(Article.Builder article) {
    return Article.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(article.getVersion())
        .setStatus(Status.canceled)
        .setVersionCreated(article.getVersionCreated())
        .setWithdrawal(article.getWithdrawal())
        .build();
  }

  private static void set(@Nullable String text, Consumer<String> field) {
    if (text != null) {
      field.accept(text);
    }
  }

  private static long version(JsonFields in) {
    if (!in.has("version")) {
      in.missing("version", "is required: 1 for the first, higher for each later one");
    }
    Long version = in.number("version");
    return version == null ? 0 : version;
  }

  private static Status status(JsonFields in) {
    String status = in.text("status");
    if (status == null) {
      return Status.usable;
    }
    for (Status known : Status.values()) {
      if (known.name().equals(status)) {
        return known;
      }
    }
    in.wrong("status", "must be one of usable, withheld, canceled");
    return Status.usable;
  }

  private static void labels(JsonFields in, Article.Builder article) {
    JsonNode section = in.value("section");
    article
        .setSection(section == null ? null : label(in, "section", section))
        .setExtraSections(labels(in, "extraSections"))
        .setTopics(labels(in, "topics"))
        .setPersons(labels(in, "persons"))
        .setPlaces(labels(in, "places"));
  }

  private static List<Label> labels(JsonFields in, String name) {
    List<Label> labels = new ArrayList<>();
    List<JsonNode> values = in.values(name);
    for (int i = 0; i < values.size(); i++) {
      Label label = label(in, name + "[" + i + "]", values.get(i));
      if (label != null) {
        labels.add(label);
      }
    }
    return labels;
  }

  private static @Nullable Label label(JsonFields in, String name, JsonNode value) {
    if (value.isTextual()) {
      return labelOf(value.textValue());
    }
    JsonFields fields = in.object(name, value);
    if (fields == null) {
      return null;
    }
    Label fromSlug = labelOf(fields.requiredText("slug"));
    String title = fields.text("title");
    return ended(fields, title == null ? fromSlug : new Label(fromSlug.getSlug(), title));
  }

  private static Photo photo(JsonFields in) {
    Integer width = in.smallNumber("width");
    Integer height = in.smallNumber("height");
    return ended(
        in,
        Photo.newBuilder()
            .setUrl(in.requiredText("url"))
            .setWidth(width == null ? 0 : width)
            .setHeight(height == null ? 0 : height)
            .setCaption(in.text("caption"))
            .setCredit(in.text("credit"))
            .setAlt(in.text("alt"))
            .build());
  }

  /** A link to a story in another medium: {@code {"title", "url", "source"}}. */
  static MediaLink link(JsonFields in) {
    return ended(
        in,
        new MediaLink(in.requiredText("title"), in.requiredText("url"), in.requiredText("source")));
  }

  private static Correction correction(JsonFields in) {
    if (!in.has("at")) {
      // not filled in: the same request sent again must be the same article
      in.missing("at", "is required: when it was corrected");
    }
    return ended(
        in,
        new Correction(
            in.requiredText("text"), Objects.requireNonNullElse(in.time("at"), Instant.EPOCH)));
  }

  private static Withdrawal withdrawal(JsonFields in) {
    String successor = in.text("successorId");
    if (successor != null && !ArticleRules.isArticleId(successor)) {
      in.wrong("successorId", "is not an article id");
    }
    return new Withdrawal(in.requiredText("reason"), in.text("note"), successor);
  }

  private static <T> T ended(JsonFields in, T value) {
    in.end();
    return value;
  }
}
