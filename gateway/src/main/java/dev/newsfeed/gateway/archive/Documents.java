package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the index for an article.
 *
 * <pre>
 * id   feed                past          headline     text            text.en       address   gone   record
 * a1   all section/world…                fairs open   fairs open the… fair open     5f0c…            as Avro
 * a2                       all topic/x   vieux faits  vieux faits et…               77ab…            as Avro
 * a3                                                                                19de…     09:10  the notice
 * </pre>
 *
 * Of a1 the language is known, so its stems stand there, too; of a2 it is not. a2 has expired: it is in no feed any more, but can be searched. a3 is withdrawn: its addresses
 * are all that is left, so that they go on answering that it is gone.
 */
record Documents(Topic<PublishedArticle> topic) {

  /** The feeds in which it stands. */
  static final String FEED = "feed";

  /** The feeds in which it stood until it expired. */
  static final String PAST = "past";

  static final String ID = "id";
  static final String HEADLINE = "headline";
  static final String LEAD = "lead";

  /** Headline, lead, body and the names of its persons and topics. */
  static final String TEXT = "text";

  /** Between such a field and a language in the name of the field that has the stems of its words. */
  static final String IN = ".";

  /** Of the article, without its region. */
  static final String LANGUAGE = "language";

  static final String ADDRESS = "address";
  static final String FEED_TIME = "feedTime";

  /** Of a notice: when it was given. */
  private static final String GONE = "gone";

  private static final String ORDER = "order";
  private static final String RECORD = "record";

  /** Stems are counted; where they stand is of no interest, because phrases are looked for as written. */
  private static final FieldType STEMS = new FieldType();

  static {
    STEMS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    STEMS.freeze();
  }

  private static final SortField NEWEST = new SortField(FEED_TIME, SortField.Type.LONG, true);
  private static final SortField BY_ID = new SortField(ORDER, SortField.Type.STRING);

  /** Newest first, then by id. */
  static final Sort FEED_ORDER = new Sort(NEWEST, BY_ID);

  static final Sort OLDEST_FIRST = new Sort(new SortField(FEED_TIME, SortField.Type.LONG));
  /** All notices. */
  static final Query NOTICES = new FieldExistsQuery(GONE);

  /** The latest notice first, then by id. */
  static final Sort NOTICE_ORDER = new Sort(new SortField(GONE, SortField.Type.LONG, true), BY_ID);

  /** Best first, then as in feeds. */
  static final Sort BEST_FIRST = new Sort(SortField.FIELD_SCORE, NEWEST, BY_ID);

  /** The document of a record; {@code addresses}: keys under which it is found. */
  Document of(PublishedArticle published, Set<String> addresses) {
    Document document = new Document();
    String id = published.getArticleId();
    document.add(new StringField(ID, id, Field.Store.NO));
    addresses.forEach(key -> document.add(new StringField(ADDRESS, key, Field.Store.YES)));
    long feedTime = FeedEntries.feedTime(published).toEpochMilli();
    document.add(new NumericDocValuesField(FEED_TIME, feedTime));
    document.add(new LongPoint(FEED_TIME, feedTime));
    document.add(new SortedDocValuesField(ORDER, new BytesRef(id)));
    document.add(new StoredField(RECORD, topic.valueSerde().write(topic.name(), published)));
    if (published.getStatus() != Status.usable) {
      long at = published.getChangedAt().toEpochMilli();
      document.add(new NumericDocValuesField(GONE, at));
    }
    Article article = published.getArticle();
    if (article != null && published.getStatus() == Status.usable) {
      String feed = published.getExpired() ? PAST : FEED;
      for (String feedId : FeedIds.of(article)) {
        document.add(new StringField(feed, feedId, Field.Store.NO));
      }
      if (!article.getKind().equals(FeedIds.CANARY_KIND)) { // which nobody looks for
        words(document, article);
      }
    }
    return document;
  }

  private static void words(Document document, Article article) {
    String language = Languages.of(article.getLanguage());
    if (!language.isEmpty()) {
      document.add(new StringField(LANGUAGE, language, Field.Store.NO));
    }
    String body = article.getBodyHtml();
    words(document, HEADLINE, language, article.getHeadline());
    words(document, LEAD, language, article.getLead());
    words(document, TEXT, language, article.getHeadline());
    words(document, TEXT, language, article.getLead());
    words(document, TEXT, language, body == null ? null : Words.ofHtml(body));
    article.getPersons().forEach(label -> words(document, TEXT, language, label.getTitle()));
    article.getTopics().forEach(label -> words(document, TEXT, language, label.getTitle()));
  }

  private static void words(
      Document document, String field, String language, @Nullable String text) {
    if (text != null) {
      document.add(new TextField(field, text, Field.Store.NO));
      if (Languages.isKnown(language)) {
        document.add(new Field(field + IN + language, text, STEMS));
      }
    }
  }

  /** The record of a document. */
  PublishedArticle record(IndexSearcher searcher, int doc) throws IOException {
    BytesRef bytes = searcher.storedFields().document(doc, Set.of(RECORD)).getBinaryValue(RECORD);
    byte[] exact = Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length);
    return topic.valueSerde().read(topic.name(), exact);
  }

  /** The address keys of a document. */
  static Set<String> addresses(IndexSearcher searcher, int doc) throws IOException {
    return Set.of(searcher.storedFields().document(doc, Set.of(ADDRESS)).getValues(ADDRESS));
  }
}
