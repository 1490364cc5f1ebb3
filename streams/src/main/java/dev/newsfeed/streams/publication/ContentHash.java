package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Article;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topic;

/** Tells contents apart: SHA-256 of the event as it stands on the topic, hex. */
record ContentHash(Topic<Article> articles) {

  /** When it was sent does not make it another content: a retry is a duplicate. */
  String of(Article event) {
    Article content = Article.newBuilder(event).setVersionCreated(null).build();
    return Refusals.sha256(articles.valueSerde().write(articles.name(), content));
  }
}
