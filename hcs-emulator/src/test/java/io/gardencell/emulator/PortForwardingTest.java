package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ClaimedPorts;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Real connections through mapped host ports; the container's side is a socket of the test. */
@Timeout(60)
class PortForwardingTest {

  private static final int MIB = 1024 * 1024;

  private final EmulatedFixture fixture = new EmulatedFixture();
  private final ClaimedPorts ports = claimed();
  private Host host = fixture.host();
  private HnsNetwork network;
  private ServerSocket container;

  @BeforeEach
  void listen() throws IOException {
    network =
        host.networks()
            .createNetwork(
                HnsNetwork.nat(
                    "n",
                    List.of(new HnsNetwork.Subnet("10.74.0.0/24", "10.74.0.1", List.of())),
                    ""));
    container = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    container.close();
    fixture.close();
    ports.close();
  }

  private static ClaimedPorts claimed() {
    try {
      return ClaimedPorts.claim();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<HnsPolicy> nat(int internal, int external) {
    return List.of(new HnsPolicy.Nat("TCP", internal, external));
  }

  private HnsEndpoint mapped(int external) {
    return host.endpoints()
        .createEndpoint(
            HnsEndpoint.request("e", network.id(), nat(container.getLocalPort(), external), ""));
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static CompletableFuture<byte[]> readAll(Socket socket) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static CompletableFuture<Void> write(Socket socket, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void carriesBytesBothWaysAtOnce() throws Exception {
    int port = ports.next();
    HnsEndpoint endpoint = mapped(port);
    byte[] there = random(4 * MIB, 1);
    byte[] back = random(3 * MIB, 2);
    try (Socket client = connect(port);
        Socket server = container.accept()) {
      var written = CompletableFuture.allOf(write(client, there), write(server, back));
      var read = readAll(server);

      assertThat(readAll(client).get(30, TimeUnit.SECONDS)).isEqualTo(back);
      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(there);
      written.get(30, TimeUnit.SECONDS);
    }
    var traffic = host.endpoints().statistics(endpoint.id());
    assertThat(traffic.bytesReceived()).isEqualTo(there.length);
    assertThat(traffic.bytesSent()).isEqualTo(back.length);
  }

  @Test
  void passesOnTheEndOfOneDirectionWhileTheOtherGoesOn() throws Exception {
    int port = ports.next();
    mapped(port);
    try (Socket client = connect(port);
        Socket server = container.accept()) {
      client.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();
      assertThat(server.getInputStream().readAllBytes()).asString().isEqualTo("question");

      server.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
      assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("answer");
      server.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void stopsReadingFromAClientWhoseContainerDoesNotRead() throws Exception {
    int port = ports.next();
    mapped(port);
    byte[] bytes = random(32 * MIB, 3);
    try (Socket client = connect(port);
        Socket server = container.accept()) {
      CompletableFuture<Void> written = write(client, bytes);
      assertThatThrownBy(() -> written.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);

      byte[] read = new byte[bytes.length];
      InputStream in = server.getInputStream();
      assertThat(in.readNBytes(read, 0, read.length)).isEqualTo(bytes.length);
      assertThat(Arrays.equals(read, bytes)).isTrue();
      written.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void resetsAClientWhenNobodyListensInTheContainer() throws Exception {
    int port = ports.next();
    mapped(port);
    container.close();
    try (Socket client = connect(port)) {
      client.setSoTimeout(30_000);
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void closesThePortWithItsPolicyAndItsConnectionsToo() throws Exception {
    int port = ports.next();
    HnsEndpoint endpoint = mapped(port);
    try (Socket client = connect(port);
        Socket server = container.accept()) {
      host.endpoints().updateEndpoint(endpoint.id(), endpoint.withPolicies(List.of()));

      assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
      client.setSoTimeout(30_000);
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThat(server.isConnected()).isTrue();
    }
  }

  @Test
  void closesThePortWithItsEndpointAndWithItsNetwork() throws Exception {
    int port = ports.next();
    HnsEndpoint endpoint = mapped(port);
    host.endpoints().deleteEndpoint(endpoint.id());
    assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);

    mapped(port);
    host.networks().deleteNetwork(network.id());
    assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
  }

  @Test
  void leadsToTheNewContainerPortAfterAnUpdate() throws Exception {
    int port = ports.next();
    HnsEndpoint endpoint = mapped(port);
    try (ServerSocket other = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      host.endpoints()
          .updateEndpoint(endpoint.id(), endpoint.withPolicies(nat(other.getLocalPort(), port)));
      try (Socket client = connect(port);
          Socket server = other.accept()) {
        server.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void refusesAPortThatSomebodyElseHas() throws Exception {
    try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = somebody.getLocalPort();

      assertThatThrownBy(() -> mapped(port))
          .isInstanceOfSatisfying(
              HcsException.class,
              e -> {
                assertThat(e.function()).startsWith("HNS");
                assertThat(e)
                    .hasMessage("hns failed with error : The specified port already exists. ");
              });
      assertThat(host.endpoints().endpoints()).isEmpty();
    }
  }

  /** The near end of a connection can have any port; on a real host not one of the mapped. */
  @Test
  void opensAPortLaterThatIsTheNearEndOfAConnection() throws Exception {
    int port = ports.next();
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket near = new Socket()) {
      near.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      near.connect(elsewhere.getLocalSocketAddress());
      try (Socket far = elsewhere.accept()) {
        mapped(port);
        far.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
      } // a reset leaves the port at once
    }
    try (Socket client = connectWhenThere(port);
        Socket server = container.accept()) {
      server.getOutputStream().write(4);
      assertThat(client.getInputStream().read()).isEqualTo(4);
    }
  }

  @Test
  void freesAllPortsOfAnUpdateThatIsRefused() throws Exception {
    HnsEndpoint endpoint = mapped(ports.next());
    int free = ports.next();
    try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<HnsPolicy> policies = new ArrayList<>(endpoint.policies());
      policies.addAll(nat(1, free));
      policies.addAll(nat(1, somebody.getLocalPort()));

      assertThatThrownBy(
              () -> host.endpoints().updateEndpoint(endpoint.id(), endpoint.withPolicies(policies)))
          .isInstanceOf(HcsException.class);
    }
    assertThatThrownBy(() -> connect(free)).isInstanceOf(ConnectException.class);
    assertThat(host.endpoints().endpoint(endpoint.id()).policies()).isEqualTo(endpoint.policies());
  }

  @Test
  void opensThePortsAgainAfterARestart() throws Exception {
    int port = ports.next();
    mapped(port);
    host = fixture.reopen();

    try (Socket client = connectWhenThere(port);
        Socket server = container.accept()) {
      client.getOutputStream().write(5);
      assertThat(server.getInputStream().read()).isEqualTo(5);
    }
  }

  /** What another program of the host maps is forwarded by the daemon, which looks now and then. */
  @Test
  void forwardsWhatAnotherHostOnTheSameStateMapped() throws Exception {
    mapped(ports.next()); // from now on this host is the one that forwards
    int port = ports.next();
    try (Host other =
        new EmulatedHostProvider().open(new HostOptions(fixture.directory().resolve("data")))) {
      other
          .endpoints()
          .createEndpoint(
              HnsEndpoint.request("o", network.id(), nat(container.getLocalPort(), port), ""));
    }
    try (Socket client = connectWhenThere(port);
        Socket server = container.accept()) {
      server.getOutputStream().write(9);
      assertThat(client.getInputStream().read()).isEqualTo(9);
    }
  }

  private static Socket connectWhenThere(int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        return connect(port);
      } catch (ConnectException notYet) {
        assertThat(System.nanoTime()).as("port %d opens", port).isLessThan(deadline);
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere a machine has one loopback address only
  void leadsToTheContainersOwnLoopbackAddressFirst() throws Exception {
    int port = ports.next();
    HnsEndpoint endpoint = mapped(port);
    String own = "127" + endpoint.ipAddress().substring(endpoint.ipAddress().indexOf('.'));
    try (ServerSocket ownSocket = new ServerSocket()) {
      ownSocket.bind(new InetSocketAddress(own, container.getLocalPort()));
      try (Socket client = connect(port);
          Socket server = ownSocket.accept()) {
        server.getOutputStream().write(3);
        assertThat(client.getInputStream().read()).isEqualTo(3);
      }
    }
  }

  @Test
  void carriesManyConnectionsOnOneThread() throws Exception {
    int port = ports.next();
    mapped(port);
    List<Socket> clients = new ArrayList<>();
    List<Socket> servers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(connect(port));
      servers.add(container.accept());
    }
    for (int i = 0; i < 100; i++) {
      clients.get(i).getOutputStream().write(i);
    }
    List<Integer> seen = new ArrayList<>();
    for (Socket server : servers) {
      seen.add(server.getInputStream().read());
    }
    assertThat(seen).hasSize(100).doesNotHaveDuplicates();
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("emulator-nat")))
        .hasSize(1);
    for (int i = 0; i < 100; i++) {
      clients.get(i).close();
      servers.get(i).close();
    }
  }
}
