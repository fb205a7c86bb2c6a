package io.gardencell.network.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool beside a running winc-network.exe (winc-network.md §17.6, compatibility mode). */
class SharedPortPoolTest {

  private final Path file;
  private final PortPool pool;

  SharedPortPoolTest(@TempDir Path dir) {
    file = dir.resolve("port-state.json");
    pool = PortPool.shared(file, 40000, 5000, Clock.systemUTC(), port -> false, Map::of);
  }

  /** What the reference does: reads and rewrites in place under its own lock. */
  private static void reference(Path file, String text) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock(0, 0x7FFFFFFF_7FFFFFFFL, false)) {
      assertThat(lock.isValid()).isTrue();
      channel.truncate(0);
      channel.write(
          java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
  }

  @Test
  void portsOfBothAreInOneFileOfTheReferencesFormat() throws IOException {
    reference(file, "{\"acquired_ports\":{\"theirs\":[40000]}}\n");

    assertThat(pool.acquire("ours", List.of(0))).containsExactly(40001);

    assertThat(file).hasContent("{\"acquired_ports\":{\"ours\":[40001],\"theirs\":[40000]}}\n");
    reference(file, "{\"acquired_ports\":{\"ours\":[40001]}}\n");
    assertThat(pool.acquired()).isEqualTo(Map.of("ours", Set.of(40001)));
  }

  @Test
  void theFileIsWrittenInPlaceSoThatTheReferenceMayHaveItOpen() throws IOException {
    pool.acquire("a", List.of(0, 0));
    Object before = Files.getAttribute(file, "lastModifiedTime");
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      pool.release("a");

      assertThat(open.size()).isEqualTo("{\"acquired_ports\":{}}\n".length());
    }
    assertThat(before).isNotNull();
    assertThat(file.resolveSibling("port-state.json.new")).doesNotExist();
  }

  @Test
  void theReferencesLockIsAwaited() throws Exception {
    reference(file, "");
    CompletableFuture<List<Integer>> waiting;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.lock(0, 0x7FFFFFFF_7FFFFFFFL, false)) {
      assertThat(lock.isValid()).isTrue();
      waiting = CompletableFuture.supplyAsync(() -> pool.acquire("a", List.of(0)));
      Path ours = file.resolveSibling("port-state.json.lock");
      while (!Files.exists(ours) && !waiting.isDone()) {
        Thread.onSpinWait();
      }

      assertThat(waiting).isNotDone();
    }
    assertThat(waiting.get(20, TimeUnit.SECONDS)).containsExactly(40000);
  }

  @Test
  void aCrashWhileTheFileWasWrittenIsMadeGoodFromTheCopy() throws IOException {
    reference(file, "{\"acquired_ports\":{\"a\":[400");
    Files.writeString(
        file.resolveSibling("port-state.json.new"), "{\"acquired_ports\":{\"a\":[40000]}}\n");

    assertThat(pool.acquire("b", List.of(0))).containsExactly(40001);

    assertThat(file).hasContent("{\"acquired_ports\":{\"a\":[40000],\"b\":[40001]}}\n");
    assertThat(file.resolveSibling("port-state.json.new")).doesNotExist();
  }

  @Test
  void aCopyOfAChangeThatWasNeverAnsweredIsIgnored() throws IOException {
    reference(file, "{\"acquired_ports\":{}}\n");
    Files.writeString(
        file.resolveSibling("port-state.json.new"), "{\"acquired_ports\":{\"a\":[40000]}}\n");

    assertThat(pool.acquire("b", List.of(0))).containsExactly(40000);
  }
}
