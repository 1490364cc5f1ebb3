package dev.newsfeed.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Everything that the files of a gateway's archive still give out: stored fields, terms and sort
 * values, of documents that were deleted, too, until their segment is merged.
 */
final class IndexSearch {

  private final Path directory;
  private final Markers markers;

  IndexSearch(Path directory, Markers markers) {
    this.directory = directory;
    this.markers = markers;
  }

  /** The stories whose words stand in the last commit of the archive. */
  Set<Integer> stories() {
    Set<Integer> found = new TreeSet<>();
    try (FSDirectory files = FSDirectory.open(directory);
        DirectoryReader reader = DirectoryReader.open(files)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        stored(leaf.reader(), found);
        for (FieldInfo field : leaf.reader().getFieldInfos()) {
          terms(leaf.reader().terms(field.name), found);
          if (field.getDocValuesType() == DocValuesType.SORTED) {
            sortValues(leaf.reader().getSortedDocValues(field.name), found);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private void stored(LeafReader reader, Set<Integer> found) throws IOException {
    for (int doc = 0; doc < reader.maxDoc(); doc++) {
      for (IndexableField field : reader.storedFields().document(doc)) {
        if (field.stringValue() != null) {
          found.addAll(markers.in(field.stringValue()));
        }
        if (field.binaryValue() != null) {
          add(field.binaryValue(), found);
        }
      }
    }
  }

  private void terms(Terms terms, Set<Integer> found) throws IOException {
    if (terms == null) {
      return;
    }
    TermsEnum each = terms.iterator();
    for (BytesRef term = each.next(); term != null; term = each.next()) {
      add(term, found);
    }
  }

  private void sortValues(SortedDocValues values, Set<Integer> found) throws IOException {
    for (int ord = 0; values != null && ord < values.getValueCount(); ord++) {
      add(values.lookupOrd(ord), found);
    }
  }

  private void add(BytesRef bytes, Set<Integer> found) {
    found.addAll(
        markers.in(Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length)));
  }
}
