package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Revision;
import java.util.ArrayList;
import java.util.List;

/** Takes out of a state whatever of a withdrawn article's words is in it. */
final class Erasure {

  private Erasure() {}

  /** The state without a word of the versions up to this one; their numbers and dates stay. */
  static ArticleState upTo(long version, ArticleState state) {
    List<Revision> revisions = new ArrayList<>();
    for (Revision revision : state.getRevisions()) {
      revisions.add(revision.getVersion() <= version ? of(revision) : revision);
    }
    boolean latestGoes = state.getLatestVersion() <= version;
    return ArticleState.newBuilder(state)
        .setLatest(latestGoes ? null : state.getLatest())
        .setEraseAt(latestGoes ? null : state.getEraseAt())
        .setRevisions(revisions)
        .setCorrections(List.of())
        .setAddresses(List.of())
        .build();
  }

  /** What a version said, without its words: addresses are made of headlines. */
  static Revision of(Revision revision) {
    return Revision.newBuilder(revision).setCorrection(null).setUrl(null).build();
  }
}
