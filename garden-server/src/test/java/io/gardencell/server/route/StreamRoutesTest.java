package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamRoutesTest extends ProcessServedTest {

  // garden-api.md §15 case 45
  @Test
  void runAnswersTheExactHeaderAndGoesRaw() throws IOException {
    RawClient client = run();

    assertThat(client.head())
        .matches(
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nDate: [^\r]+ GMT\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
    assertThat(client.line()).isEqualTo("{\"process_id\":\"p1\",\"stream_id\":\"1\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0\r\n", "HTTP/1.1\r\nHost: api\r\nConnection: close\r\n"})
  void aClientThatReadsToTheEndOfTheConnectionIsNotToldOfChunks(String version) throws IOException {
    RawClient client = connect();
    client.send(runRequest().replace("HTTP/1.1\r\nHost: api\r\n", version));

    String head = client.head();
    process.exit(3);

    assertThat(head).startsWith(version.substring(0, 8) + " 201 Created\r\n");
    assertThat(head).contains("Connection: close\r\n").doesNotContain("Transfer-Encoding");
    assertThat(new String(client.rest())).contains("\"exit_status\":3");
  }

  // garden-api.md §15 case 46
  @Test
  void attachAnswersWithItsOwnStream() throws IOException {
    started();

    RawClient attached = open("p1");

    assertThat(attached.line()).isEqualTo("{\"process_id\":\"p1\",\"stream_id\":\"2\"}");
  }

  // garden-api.md §15 case 47
  @Test
  void runInAnUnknownContainerIsAPlainErrorWithALength() throws IOException {
    RawClient.Reply reply = connect().call("POST", "/containers/no/processes", RUN_BODY);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("Connection")).isEmpty();
    assertThat(reply.header("Content-Length")).isNotEmpty();
  }

  // garden-api.md §15 case 48
  @Test
  void attachToAnUnknownProcessNamesIt() throws IOException {
    RawClient.Reply reply = connect().get("/containers/h/processes/nope");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).contains("ProcessNotFoundError").contains("\"ProcessID\":\"nope\"");
  }

  // garden-api.md §15 cases 49 and 61
  @Test
  void outputArrivesByteForByteAndEndsWithTheProcess() throws IOException {
    RawClient control = started();
    RawClient stdout = open("p1/attaches/1/stdout");
    RawClient stderr = open("p1/attaches/1/stderr");
    byte[] binary = {0, (byte) 0xff, (byte) 0xfe, 'a', 0};

    process.stdout.write(binary);
    process.stderr.write("err");
    process.exit(42);

    assertThat(stdout.rest()).isEqualTo(binary);
    assertThat(new String(stderr.rest())).isEqualTo("err");
    assertThat(new String(control.rest()))
        .isEqualTo("{\"process_id\":\"p1\",\"exit_status\":42}\n");
  }

  // garden-api.md §15 case 49; ten megabytes of them in acceptance
  @Test
  void manyWritesOfSingleBytesReachAReaderThatIsLate() throws Exception {
    started();
    RawClient stdout = open("p1/attaches/1/stdout");
    byte[] all = new byte[1 << 17];
    new Random(1).nextBytes(all);

    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> process.stdout.writeByteByByte(all));
    assertThat(stdout.read(1)).containsExactly(all[0]);
    byte[] rest = stdout.read(all.length - 1);
    writing.get(10, TimeUnit.SECONDS);

    assertThat(Arrays.equals(rest, 0, rest.length, all, 1, all.length)).isTrue();
  }

  // garden-api.md §15 case 49; weakness 1
  @Test
  void aSlowReaderHoldsThePipeBackAndLosesNothing() throws Exception {
    started();
    RawClient stdout = open("p1/attaches/1/stdout");
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 64; i++) {
      Arrays.fill(block, (byte) i);
      process.stdout.write(block);
    }
    stdout.read(1);

    assertThat(process.stdout.taken()).isLessThan(24L << 20);

    process.exit(0);
    byte[] rest = stdout.rest();
    assertThat(rest).hasSize((64 << 20) - 1);
    for (int i = 0; i < 64; i++) {
      assertThat(rest[(i << 20) + 1000]).isEqualTo((byte) i);
    }
    assertThat(streams.droppedBytes()).isZero();
  }

  // garden-api.md §15 weakness 2
  @Test
  void withoutAnyReaderTheProcessRunsOnAndTheNewestBytesAreKept() throws Exception {
    RawClient control = started();
    open("p1/attaches/1/stdout").close();
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 8; i++) {
      Arrays.fill(block, (byte) i);
      process.stdout.write(block);
    }
    process.exit(0);
    control.rest();

    byte[] kept = open("p1/attaches/1/stdout").rest();

    assertThat(kept.length).isBetween(1 << 18, 3 << 20);
    assertThat(kept[kept.length - 1]).isEqualTo((byte) 7);
    assertThat(streams.droppedBytes()).isPositive();
  }

  // garden-api.md §15 case 50
  @Test
  void aReaderAfterTheExitGetsEverything() throws IOException {
    RawClient control = started();
    process.stdout.write("late");
    process.exit(0);
    control.rest();

    assertThat(new String(open("p1/attaches/1/stdout").rest())).isEqualTo("late");
  }

  // garden-api.md §6.5
  @Test
  void outputSocketsHaveAHeaderWithoutAType() throws IOException {
    started();

    for (String side : new String[] {"stdout", "stderr"}) {
      RawClient reader = connect();
      reader.send(
          "GET /containers/h/processes/p1/attaches/1/"
              + side
              + " HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n\r\n");
      assertThat(reader.head())
          .matches("HTTP/1.1 200 OK\r\nDate: [^\r]+ GMT\r\nTransfer-Encoding: chunked\r\n\r\n");
    }
  }

  // garden-api.md §6.5
  @Test
  void whatAReaderSendsIsIgnored() throws IOException {
    started();
    RawClient reader = open("p1/attaches/1/stdout");

    reader.send("{\"signal\":1}xyz");
    process.stdout.write("all of it");
    process.exit(0);

    assertThat(new String(reader.rest())).isEqualTo("all of it");
    assertThat(process.killed).isNotDone();
  }

  // garden-api.md §6.4: the exit may be told before the last bytes
  @Test
  void theExitIsToldWhileOutputStillComes() throws IOException {
    RawClient control = started();
    RawClient stdout = open("p1/attaches/1/stdout");

    process.exit.complete(4L);
    assertThat(new String(control.rest())).contains("\"exit_status\":4");
    process.stdout.write("the last bytes");
    process.stdout.end();

    assertThat(new String(stdout.rest())).isEqualTo("the last bytes");
  }

  // garden-api.md §15 cases 51 and 68; §14 weakness 14
  @ParameterizedTest
  @ValueSource(strings = {"p1/attaches/99/stdout", "other/attaches/1/stdout"})
  void unknownAndMismatchedStreamsEndAtOnceAndDisturbNobody(String path) throws IOException {
    started();
    RawClient reader = open("p1/attaches/1/stdout");

    assertThat(open(path).rest()).isEmpty();

    process.stdout.write("whole");
    process.exit(0);
    assertThat(new String(reader.rest())).isEqualTo("whole");
  }

  // garden-api.md §15 weakness 14
  @Test
  void aSecondReaderOfAQueueEndsAtOnce() throws IOException {
    started();
    RawClient first = open("p1/attaches/1/stdout");
    process.stdout.write("a");
    assertThat(first.read(1)).containsExactly('a');

    assertThat(open("p1/attaches/1/stdout").rest()).isEmpty();
  }

  // garden-api.md §15 case 61
  @ParameterizedTest
  @ValueSource(longs = {0, 42, 255, 3221225477L})
  void exitCodesAreToldAsTheyAre(long code) throws IOException {
    RawClient client = started();

    process.exit(code);

    assertThat(new String(client.rest()))
        .isEqualTo("{\"process_id\":\"p1\",\"exit_status\":" + code + "}\n");
  }

  // garden-api.md §15 case 62
  @Test
  void aFailedWaitIsAnErrorPayload() throws IOException {
    RawClient client = started();

    process.exit.completeExceptionally(new IllegalStateException("host lost it"));

    assertThat(new String(client.rest()))
        .isEqualTo("{\"process_id\":\"p1\",\"error\":\"host lost it\"}\n");
  }

  // garden-api.md §15 case 63
  @Test
  void fiveAttachesGetAllOutputAndTheExit() throws IOException {
    List<RawClient> controls = new ArrayList<>(List.of(started()));
    List<RawClient> outputs = new ArrayList<>(List.of(open("p1/attaches/1/stdout")));
    for (int i = 2; i <= 5; i++) {
      RawClient attached = open("p1");
      attached.line();
      controls.add(attached);
      outputs.add(open("p1/attaches/" + i + "/stdout"));
    }

    process.stdout.write("to all");
    process.exit(0);

    for (RawClient output : outputs) {
      assertThat(new String(output.rest())).isEqualTo("to all");
    }
    for (RawClient control : controls) {
      assertThat(new String(control.rest())).contains("\"exit_status\":0");
    }
  }

  @Test
  void aPipeHeldOpenByAChildDoesNotHoldTheReader() throws IOException {
    started();
    RawClient stdout = open("p1/attaches/1/stdout");
    process.stdout.write("x");

    process.exit.complete(0L);

    assertThat(new String(stdout.rest())).isEqualTo("x");
  }

  // garden-api.md §15 case 64
  @Test
  void stopDetachesWithoutAnExitAndLeavesTheProcess() throws Exception {
    RawClient control = started();
    RawClient stdout = open("p1/attaches/1/stdout");

    CompletableFuture.runAsync(this::stop).get(10, TimeUnit.SECONDS);

    assertThat(control.rest()).isEmpty();
    assertThat(stdout.rest()).isEmpty();
    assertThat(process.killed).isNotDone();
    assertThat(process.stdin.ended.getCount()).isEqualTo(1);
  }
}
