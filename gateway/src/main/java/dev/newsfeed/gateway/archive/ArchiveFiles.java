package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the archive and how far the topic has been read into them.
 *
 * <pre>
 * commit     format=3  topic=Zx81…  0=17  1=5          next offset to read of each partition
 * </pre>
 *
 * The positions are committed together with the documents, so a restart goes on where the index
 * ends. A damaged index, one of another format, or one made from another topic is deleted, to be
 * built again from the topic.
 */
final class ArchiveFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveFiles.class);

  /** Raised when documents, or the way in which text is cut into words, change: old ones are built anew. */
  private static final String FORMAT = "4";

  private final String source;
  private final Directory directory;
  private final IndexWriter writer;
  private final Map<Integer, Long> positions = new TreeMap<>();

  private ArchiveFiles(String source, Directory directory) throws IOException {
    this.source = source;
    this.directory = directory;
    verify(directory);
    TieredMergePolicy merges = new TieredMergePolicy();
    merges.setForceMergeDeletesPctAllowed(0); // one withdrawn article is reason enough to merge
    this.writer =
        new IndexWriter(directory, new IndexWriterConfig(Words.ANALYZER).setMergePolicy(merges));
    try {
      readPositions();
    } catch (IOException | RuntimeException e) {
      writer.rollback();
      throw e;
    }
  }

  /**
   * Opens the files in a directory, or makes them.
   *
   * @param source tells the topic from one of the same name that was created anew
   */
  static ArchiveFiles open(Path directory, String source) throws IOException {
    Files.createDirectories(directory);
    try {
      return attempt(directory, source);
    } catch (LockObtainFailedException e) {
      throw new IOException("another gateway uses the directory " + directory, e);
    } catch (IOException | RuntimeException e) {
      LOG.warn("building the archive anew directory={} cause={}", directory, e.toString());
      deleteFiles(directory);
      return attempt(directory, source);
    }
  }

  private static ArchiveFiles attempt(Path path, String source) throws IOException {
    Directory directory = FSDirectory.open(path);
    try {
      return new ArchiveFiles(source, directory);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Reads every file once: better a slower start than a page that fails in the night. */
  private static void verify(Directory directory) throws IOException {
    if (!DirectoryReader.indexExists(directory)) {
      return;
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        if (leaf.reader() instanceof CodecReader segment) {
          segment.checkIntegrity();
        }
      }
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private void readPositions() throws IOException {
    Map<String, String> committed = new HashMap<>();
    Iterable<Map.Entry<String, String>> live = writer.getLiveCommitData();
    if (live != null) {
      live.forEach(e -> committed.put(e.getKey(), e.getValue()));
    }
    if (committed.isEmpty()) {
      return;
    }
    if (!FORMAT.equals(committed.get("format")) || !source.equals(committed.get("topic"))) {
      throw new IOException("it was made from another topic or by another version");
    }
    committed.forEach((key, value) -> {
      if (Character.isDigit(key.charAt(0))) {
        positions.put(Integer.parseInt(key), Long.parseLong(value));
      }
    });
  }

  IndexWriter writer() {
    return writer;
  }

  /** The next offset to read of each partition; partitions never read are missing. */
  Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  /** What stands at this place of the topic has been written. */
  void written(int partition, long offset) {
    positions.put(partition, offset + 1);
  }

  /** Makes what was written last, and deletes the files that are no longer needed. */
  void commit() throws IOException {
    Map<String, String> data = new TreeMap<>();
    data.put("format", FORMAT);
    data.put("topic", source);
    positions.forEach((partition, next) -> data.put(partition.toString(), next.toString()));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
  }

  @Override
  public void close() {
    try {
      if (writer.isOpen()) {
        commit();
        writer.close();
      }
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the archive cannot be closed", e);
    }
  }
}
