package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
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
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the index for an article.
 *
 * <pre>
 * id   feed                past          headline     text            address   feedTime  record
 * a1   all section/world…                fair opens   fair opens the… 5f0c…     08:15     as Avro
 * a2                       all topic/x   old story    old story an…   77ab…     07:00     as Avro
 * a3                                                                  19de…     06:30     the notice
 * </pre>
 *
 * a2 has expired: it is in no feed any more, but can be searched. a3 is withdrawn: its addresses
 * are all that is left, so that they go on answering that it is gone.
 */
record Documents(Topic<PublishedArticle> topic) {

  /** The feeds in which it stands. */
  static final String FEED = "feed";

  /** The feeds in which it stood until it expired. */
  static final String PAST = "past";

  static final String ID = "id";
  static final String HEADLINE = "headline";

  /** Headline, lead, body and the names of its persons and topics. */
  static final String TEXT = "text";

  static final String ADDRESS = "address";
  static final String FEED_TIME = "feedTime";
  private static final String ORDER = "order";
  private static final String RECORD = "record";

  private static final SortField NEWEST = new SortField(FEED_TIME, SortField.Type.LONG, true);
  private static final SortField BY_ID = new SortField(ORDER, SortField.Type.STRING);

  /** Newest first, then by id. */
  static final Sort FEED_ORDER = new Sort(NEWEST, BY_ID);

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
    document.add(new TextField(HEADLINE, article.getHeadline(), Field.Store.NO));
    text(document, article.getHeadline());
    text(document, article.getLead());
    String body = article.getBodyHtml();
    text(document, body == null ? null : Words.ofHtml(body));
    article.getPersons().stream().map(Label::getTitle).forEach(name -> text(document, name));
    article.getTopics().stream().map(Label::getTitle).forEach(name -> text(document, name));
  }

  private static void text(Document document, @Nullable String text) {
    if (text != null) {
      document.add(new TextField(TEXT, text, Field.Store.NO));
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
