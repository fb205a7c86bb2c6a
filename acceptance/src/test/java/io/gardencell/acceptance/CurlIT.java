package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people type works as it is written. Needs curl, tar and a shell. */
class CurlIT {

  private Path directory;
  private GardenDaemon daemon;

  @BeforeEach
  void start(@TempDir Path empty) throws IOException {
    directory = empty;
    daemon = GardenDaemon.inProcess();
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  /** Runs a line with our port in place of the usual one; what it printed. */
  private String sh(String line) throws Exception {
    Path out = directory.resolve("printed");
    Process process =
        new ProcessBuilder("sh", "-c", line.replace("localhost:7777", "localhost:" + daemon.port()))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(ended).as(line + "\n" + printed).isTrue();
    assertThat(process.exitValue()).as(line + "\n" + printed).isZero();
    return printed;
  }

  // garden-api.md §13.1
  @Test
  void theCookbookRunsAsWritten() throws Exception {
    Files.writeString(directory.resolve("file"), "content");
    sh("tar cf app.tar file");

    assertThat(sh("curl -s localhost:7777/ping")).isEqualTo("{}\n");
    assertThat(sh("curl -s localhost:7777/containers?garden.state=all"))
        .isEqualTo("{\"Handles\":[]}\n");
    assertThat(
            sh(
                "curl -s -X POST localhost:7777/containers -d"
                    + " '{\"handle\":\"c1\",\"limits\":{\"memory_limits\":{\"limit_in_bytes\":268435456}}}'"))
        .isEqualTo("{\"Handle\":\"c1\"}\n");
    assertThat(sh("curl -s localhost:7777/containers/c1/info")).contains("\"State\":\"active\"");
    assertThat(
            sh(
                "curl -s -X PUT localhost:7777/containers/c1/properties/owner"
                    + " -d '{\"value\":\"me\"}'"))
        .isEqualTo("{}\n");
    assertThat(sh("curl -s -X PUT localhost:7777/containers/c1/grace_time -d 60000000000"))
        .isEqualTo("{}\n");
    assertThat(
            sh(
                "curl -s -T app.tar"
                    + " 'localhost:7777/containers/c1/files?destination=C:/app&user='"))
        .isEqualTo("{}\n");
    assertThat(
            sh("curl -s 'localhost:7777/containers/c1/files?source=C:/app/&user='" + " > out.tar"))
        .isEmpty();
    assertThat(sh("tar xOf out.tar ./file")).isEqualTo("content");
    assertThat(sh("curl -s 'localhost:7777/containers/bulk_metrics?handles=c1,c2'"))
        .contains("\"c1\":{\"Metrics\"", "unknown handle: c2");
    assertThat(sh("curl -s -X PUT localhost:7777/containers/c1/stop -d '{\"kill\":true}'"))
        .isEqualTo("{}\n");
    assertThat(sh("curl -s -X DELETE localhost:7777/containers/c1")).isEqualTo("{}\n");

    assertThat(sh("curl -s localhost:7777/containers?garden.state=all"))
        .isEqualTo("{\"Handles\":[]}\n");
  }

  @Test
  void aLargeUploadWaitsForTheServersWord() throws Exception {
    sh("curl -s -X POST localhost:7777/containers -d '{\"handle\":\"c1\"}'");
    sh("head -c 3000000 /dev/urandom > big; tar cf big.tar big");

    String printed =
        sh(
            "curl -sv -T big.tar 'localhost:7777/containers/c1/files?destination=C:/app&user='"
                + " -H 'Expect: 100-continue'");
    sh("curl -s 'localhost:7777/containers/c1/files?source=C:/app/big&user=' | tar xO > back");

    assertThat(printed).contains("HTTP/1.1 100 Continue", "HTTP/1.1 200 OK");
    assertThat(sh("cmp big back")).isEmpty();
  }
}
