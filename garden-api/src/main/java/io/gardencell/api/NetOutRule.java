package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What traffic a container may send. An empty rule means everything.
 *
 * @param protocol 0 all, 1 TCP, 2 UDP, 3 ICMP, 4 ICMPv6; other numbers are for the network plugin
 *     to refuse
 */
public record NetOutRule(
    @JsonDeserialize(using = WireNumbers.U8Reader.class) @JsonProperty("protocol") int protocol,
    @JsonProperty("networks") List<IpRange> networks,
    @JsonProperty("ports") List<PortRange> ports,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("icmps") @Nullable IcmpControl icmps,
    @JsonProperty("log") boolean log) {

  public NetOutRule {
    networks = Absent.list(networks);
    ports = Absent.list(ports);
  }
}
