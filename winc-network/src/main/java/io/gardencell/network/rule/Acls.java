package io.gardencell.network.rule;

import io.gardencell.hcs.document.HnsPolicy;
import java.util.List;

/** The access lists and port mappings of winc-network (spec: 9.1, 9.2, 9.4); any thread. */
public final class Acls {

  /** Nothing in, nothing out; without any access list newer Windows would allow everything. */
  public static final List<HnsPolicy> BLOCK_ALL =
      List.of(
          new HnsPolicy.Acl(256, "Block", "Out", "", "", "", ""),
          new HnsPolicy.Acl(256, "Block", "In", "", "", "", ""));

  private Acls() {}

  public static HnsPolicy allowOut(
      int protocol, String containerIp, String addresses, String ports) {
    return new HnsPolicy.Acl(protocol, "Allow", "Out", containerIp, addresses, "", ports);
  }

  public static HnsPolicy allowIn(String containerIp, int port) {
    return new HnsPolicy.Acl(6, "Allow", "In", containerIp, "", Integer.toString(port), "");
  }

  public static HnsPolicy nat(int hostPort, int containerPort) {
    return new HnsPolicy.Nat("TCP", containerPort, hostPort);
  }
}
