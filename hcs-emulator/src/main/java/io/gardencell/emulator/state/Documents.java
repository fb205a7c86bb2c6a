package io.gardencell.emulator.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents of one type, each a file that is only ever replaced whole. A file is parsed again only
 * when it is another one than before, and a directory is listed again only when it has changed. Any
 * thread.
 *
 * @param <T> the document
 */
public final class Documents<T> {

  /** A change so shortly before the reading can be followed by one with the same time stamp. */
  private static final long RACY_MILLIS = 100;

  /** With fewer documents nobody looks which of their files are gone. */
  private static final int FEW = 256;

  private final StateDirectory state;
  private final Class<T> type;
  private final Map<Path, Parsed<T>> parsed = new ConcurrentHashMap<>();
  private final Map<Path, Listed<T>> listed = new ConcurrentHashMap<>();
  private volatile int sweepBeyond = FEW;

  private record Parsed<T>(@Nullable Object file, FileTime time, T document) {}

  private record Listed<T>(FileTime time, List<T> documents) {}

  /** Documents in files of a state directory. */
  public Documents(StateDirectory state, Class<T> type) {
    this.state = state;
    this.type = type;
  }

  /** The document in a file; empty if there is no such file. */
  public Optional<T> read(Path file) {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException gone) {
      parsed.remove(file);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Parsed<T> known = parsed.get(file);
    if (known != null
        && now.lastModifiedTime().equals(known.time())
        && java.util.Objects.equals(now.fileKey(), known.file())) {
      return Optional.of(known.document());
    }
    Optional<T> found = state.read(file, type);
    found.ifPresent(d -> keep(file, new Parsed<>(now.fileKey(), now.lastModifiedTime(), d)));
    return found;
  }

  /** A file that has gone is not always asked for again, so its document is looked for here. */
  private void keep(Path file, Parsed<T> document) {
    parsed.put(file, document);
    if (parsed.size() > sweepBeyond) {
      parsed.keySet().removeIf(Files::notExists);
      sweepBeyond = Math.max(FEW, 2 * parsed.size());
    }
  }

  int kept() {
    return parsed.size();
  }

  /** All documents directly in a directory. */
  public List<T> readAll(Path directory) {
    long begin = System.currentTimeMillis();
    FileTime time;
    try {
      time = Files.getLastModifiedTime(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Listed<T> known = listed.get(directory);
    if (known != null && known.time().equals(time)) {
      return known.documents();
    }
    List<Path> files =
        StateDirectory.list(directory).stream()
            .filter(f -> f.toString().endsWith(".json"))
            .toList();
    List<T> all = files.stream().flatMap(f -> read(f).stream()).toList();
    parsed.keySet().removeIf(f -> directory.equals(f.getParent()) && !files.contains(f));
    if (begin - time.toMillis() > RACY_MILLIS) {
      listed.put(directory, new Listed<>(time, all));
    }
    return all;
  }
}
